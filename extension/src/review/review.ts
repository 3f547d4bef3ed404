// The review of the latest run: follows its events and the documents, and tells who draws it.
import type { Closing } from '../closing';
import * as vscode from 'vscode';
import { isSame, reviewOf, type ReviewState } from '../run/projections';
import type { RunChange, Runs } from '../run/runs';
import type { HunkAction } from './hunkStore';
import type { LineChange } from './lines';
import { pathOnDisk } from './select';

export const baseScheme = 'codex-sidecar-base';
export const proposedScheme = 'codex-sidecar-proposed';

/** Documents are read again when the user has stopped typing. */
const pause = 300;

export interface Review extends Closing {
  readonly state: ReviewState;
  readonly onDidChange: vscode.Event<ReviewState>;
  dispatch(action: HunkAction): void;
  /** The file of a path of the patch. */
  uri(path: string): vscode.Uri;
  /** The path of a document under review, of the file itself or of one of its virtual texts. */
  pathOf(uri: vscode.Uri): string | undefined;
  setFolder(folder: vscode.Uri): void;
}

export function createReview(runs: Runs): Review {
  let folder: vscode.Uri | undefined;
  const changed = new vscode.EventEmitter<ReviewState>();
  const timers = new Map<string, NodeJS.Timeout>();
  const state = () => reviewOf(runs.latest);

  const onChange = ({ before, action }: RunChange) => {
    const [old, now] = [reviewOf(before), state()];
    if (isSame(old, now)) {
      return;
    }
    if (action?.type === 'event' && (now.phase !== old.phase || now.files !== old.files)) {
      vscode.workspace.textDocuments.forEach(look);
    }
    changed.fire(state());
  };

  const pathOf = (uri: vscode.Uri) => {
    if (!folder || !['file', baseScheme, proposedScheme].includes(uri.scheme)) {
      return undefined;
    }
    const path = uri.path.startsWith(`${folder.path}/`) ? uri.path.slice(folder.path.length + 1) : undefined;
    const now = state();
    const file = uri.scheme === 'file' ? now.files.find((item) => pathOnDisk(now, item) === path) : undefined;
    return file?.path ?? path;
  };

  const fileOf = (document: vscode.TextDocument) => {
    const path = document.uri.scheme === 'file' ? pathOf(document.uri) : undefined;
    const { phase, files } = state();
    return phase !== 'none' && path !== undefined && files.some((file) => file.path === path) ? path : undefined;
  };

  const look = (document: vscode.TextDocument) => {
    const path = fileOf(document);
    if (path !== undefined && !document.isClosed) {
      runs.dispatch({ type: 'document', path, text: document.getText(), saved: !document.isDirty });
    }
  };

  const lookSoon = (document: vscode.TextDocument) => {
    const key = document.uri.toString();
    clearTimeout(timers.get(key));
    timers.set(
      key,
      setTimeout(() => {
        timers.delete(key);
        look(document);
      }, pause),
    );
  };

  const follow = vscode.Disposable.from(
    runs.onDidChange(onChange),
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidSaveTextDocument(look),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const path = fileOf(document);
      if (path === undefined) {
        return;
      }
      if (contentChanges.length > 0) {
        runs.dispatch({ type: 'edited', path, changes: contentChanges.map(lineChange) });
      }
      lookSoon(document);
    }),
  );

  return {
    get state() {
      return state();
    },
    onDidChange: changed.event,
    dispatch: (action) => {
      runs.dispatch(action);
    },
    uri: (path) => vscode.Uri.joinPath(folder ?? vscode.Uri.file('/'), path),
    pathOf,
    setFolder: (uri) => {
      folder = uri;
    },
    dispose: () => {
      follow.dispose();
      changed.dispose();
      timers.forEach((timer) => {
        clearTimeout(timer);
      });
    },
  };
}

function lineChange({ range, text }: vscode.TextDocumentContentChangeEvent): LineChange {
  return {
    start: range.start.line,
    removed: range.end.line - range.start.line,
    added: text.split(/\r\n|\r|\n/).length - 1,
  };
}
