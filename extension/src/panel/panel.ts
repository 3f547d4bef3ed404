import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { viewOf } from '../run/projections';
import { emptyRun, type RunState } from '../run/runState';
import { changeBetween, readMessage } from './messages';
import { page } from './page';
import type { Act, PanelFile, PanelQuestion, PanelState, ReviewFacts, SessionFacts, SidecarState, ToWebview } from './types';
import { phrases, words } from './words';

/** Milliseconds between two changes sent to the webview: twenty pictures a second are enough for text. */
const pause = 50;

/**
 * The side panel's half in the extension host: holds the state, sends it, takes the user's wishes. The webview owns nothing and may be
 * gone at any time.
 */
export class Panel implements vscode.WebviewViewProvider {
  static readonly viewId = 'codexSidecar.panel';

  private readonly acted = new vscode.EventEmitter<Act>();
  /** What the user wants, by a button of the page. */
  readonly onDidAct = this.acted.event;

  private webviewView: vscode.WebviewView | undefined;
  /** What is listened to of the view. */
  private listening: vscode.Disposable[] = [];
  private run: RunState = emptyRun;
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

  constructor(private readonly extensionUri: vscode.Uri) {}

  get visible(): boolean {
    return this.webviewView?.visible ?? false;
  }

  setSession(session: SessionFacts): void {
    this.set({ session });
  }

  setRun(run: RunState): void {
    this.run = run;
    this.send();
  }

  setSidecar(state: SidecarState, detail = ''): void {
    const { sidecar } = this.rest;
    if (state !== sidecar.state || detail !== sidecar.detail) {
      this.set({ sidecar: { state, detail } });
    }
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
    const { webview } = view;
    const folder = vscode.Uri.joinPath(this.extensionUri, 'out', 'extension');
    webview.options = { enableScripts: true, localResourceRoots: [folder] };
    this.forget();
    this.webviewView = view;
    this.listening = [
      webview.onDidReceiveMessage((message: unknown) => {
        this.receive(message);
      }),
      view.onDidChangeVisibility(() => {
        this.sent = view.visible ? this.sent : undefined;
      }),
      view.onDidDispose(() => {
        if (this.webviewView === view) {
          this.forget();
          this.webviewView = undefined;
          this.sent = undefined;
        }
      }),
    ];
    this.sent = undefined;
    const uri = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
    webview.html = page({ nonce: randomBytes(16).toString('base64'), source: webview.cspSource, locale: vscode.env.language, uri });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.sent = undefined;
    this.forget();
    this.acted.dispose();
  }

  /** Listens to the view no more. */
  private forget(): void {
    this.listening.forEach((one) => {
      one.dispose();
    });
    this.listening = [];
  }

  private get state(): PanelState {
    return { ...this.rest, view: viewOf(this.run) };
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
      this.acted.fire(said);
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
