export interface ViewState {
  seq: number;
}
