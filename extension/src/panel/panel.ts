import type * as vscode from 'vscode';
import type { EventEnvelope } from '../generated/contracts';
import type { PanelActions, PanelFile, PanelQuestion, ReviewFacts, SessionFacts, SidecarState } from './types';

export class Panel implements vscode.WebviewViewProvider {
  static readonly viewId = 'codexSidecar.panel';

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly actions: PanelActions,
  ) {}

  get visible(): boolean {
    return false;
  }

  /** A session began, or began again: its events follow from the first. */
  reset(session: SessionFacts): void {
    void session;
  }

  /** The facts changed, the events stay: another option, another run in the list. */
  update(facts: Partial<SessionFacts>): void {
    void facts;
  }

  apply(envelope: EventEnvelope): void {
    void envelope;
  }

  setSidecar(state: SidecarState, detail = ''): void {
    void [state, detail];
  }

  setQuestion(question: PanelQuestion | undefined): void {
    void question;
  }

  setHunks(files: readonly PanelFile[], facts: ReviewFacts = { when: 'first' }): void {
    void [files, facts];
  }

  /** Shows the view and puts the keyboard into the task box. */
  show(): void {
    void [this.extensionUri, this.actions];
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    void view;
  }
}
