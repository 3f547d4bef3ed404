import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { EventEnvelope } from '../generated/contracts';
import { changeBetween, perform, readMessage } from './messages';
import { page } from './page';
import type { PanelActions, PanelFile, PanelQuestion, PanelState, ReviewFacts, SessionFacts, SidecarState, ToWebview } from './types';
import { emptyFold, reduce, settle, type Fold } from './view';
import { phrases, words } from './words';

/** Milliseconds between two changes sent to the webview: twenty pictures a second are enough for text. */
const pause = 50;

/** The side panel's half in the extension host: holds the state, sends it, takes the user's wishes. The webview owns nothing and may be gone at any time. */
export class Panel implements vscode.WebviewViewProvider {
  static readonly viewId = 'codexSidecar.panel';

  private webviewView: vscode.WebviewView | undefined;
  private fold: Fold = emptyFold;
  private rest: Omit<PanelState, 'view'> = {
    session: { workspace: '', trusted: true, options: [], runs: [] },
    sidecar: { state: 'ready', detail: '' },
    question: null,
    review: { files: [], facts: { when: 'first' } },
  };
  /** What the webview has; undefined until it says that it is ready. */
  private sent: PanelState | undefined;
  private timer: NodeJS.Timeout | undefined;
  private focusWanted = false;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly actions: PanelActions,
  ) {}

  get visible(): boolean {
    return this.webviewView?.visible ?? false;
  }

  /** A session began, or began again: its events follow from the first. */
  reset(session: SessionFacts): void {
    this.fold = emptyFold;
    this.set({ session, question: null, review: { files: [], facts: { when: 'first' } } });
  }

  /** The facts changed, the events stay: another option, another run in the list. */
  update(facts: Partial<SessionFacts>): void {
    this.set({ session: { ...this.rest.session, ...facts } });
  }

  apply(envelope: EventEnvelope): void {
    this.fold = reduce(this.fold, envelope);
    this.send();
  }

  setSidecar(state: SidecarState, detail = ''): void {
    this.set({ sidecar: { state, detail } });
  }

  setQuestion(question: PanelQuestion | undefined): void {
    this.set({ question: question ?? null });
  }

  setHunks(files: readonly PanelFile[], facts: ReviewFacts = { when: 'first' }): void {
    this.set({ review: { files, facts } });
  }

  /** Shows the view and puts the keyboard into the task box. */
  show(): void {
    this.focusWanted = true;
    void vscode.commands.executeCommand(`${Panel.viewId}.focus`).then(() => {
      this.focus();
    });
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.webviewView = view;
    const { webview } = view;
    const folder = vscode.Uri.joinPath(this.extensionUri, 'out', 'extension');
    webview.options = { enableScripts: true, localResourceRoots: [folder] };
    webview.onDidReceiveMessage((message: unknown) => {
      this.receive(message);
    });
    view.onDidChangeVisibility(() => {
      this.sent = view.visible ? this.sent : undefined;
    });
    view.onDidDispose(() => {
      this.webviewView = this.webviewView === view ? undefined : this.webviewView;
      this.sent = undefined;
    });
    this.sent = undefined;
    const uri = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
    webview.html = page({ nonce: randomBytes(16).toString('base64'), source: webview.cspSource, locale: vscode.env.language, uri });
  }

  private get state(): PanelState {
    return { ...this.rest, view: this.fold.view };
  }

  private set(change: Partial<Omit<PanelState, 'view'>>): void {
    this.rest = { ...this.rest, ...change };
    this.send();
  }

  private receive(message: unknown): void {
    const said = readMessage(message);
    if (said?.type === 'ready') {
      this.sent = this.state;
      this.post({ type: 'state', words: words(), phrases: phrases(), locale: vscode.env.language, state: this.sent });
      this.focus();
    } else if (said) {
      if (said.name === 'keepRun' || said.name === 'rollBack') {
        this.fold = settle(this.fold);
        this.send();
      }
      perform(this.actions, said);
    }
  }

  private send(): void {
    if (this.sent && !this.timer) {
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.sendChange();
      }, pause);
    }
  }

  private sendChange(): void {
    const now = this.state;
    const change = this.sent && changeBetween(this.sent, now);
    if (change) {
      this.sent = now;
      this.post({ type: 'change', change });
    }
  }

  /** Once there is a page to hear it. */
  private focus(): void {
    if (this.focusWanted && this.sent) {
      this.focusWanted = false;
      this.post({ type: 'focus' });
    }
  }

  private post(message: ToWebview): void {
    void this.webviewView?.webview.postMessage(message);
  }
}
