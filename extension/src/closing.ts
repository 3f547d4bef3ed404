/** What must be closed; the editor's own class cannot be made by an object literal. */
export interface Closing {
  dispose(): void;
}
