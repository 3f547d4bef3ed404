// The few things of the editor that the unit tests need. What is listened to, registered and made is counted, so that a test sees what
// is never given back.
/* eslint-disable @typescript-eslint/no-extraneous-class */

type Listener<T> = (value: T) => unknown;

/** Everything that was taken from the editor and not given back yet. */
export const held = new Set<object>();

export class Disposable {
  constructor(private readonly give: () => unknown) {}
  static from(...all: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      all.forEach((one) => one.dispose());
    });
  }
  dispose(): void {
    this.give();
  }
}

/** Something of the editor's, held until it is disposed. */
function take<T extends object>(made: T, onDispose: () => void = () => undefined): T & Disposable {
  const taken = Object.assign(made, {
    dispose: () => {
      held.delete(taken);
      onDispose();
    },
  });
  held.add(taken);
  return taken as unknown as T & Disposable;
}

export class EventEmitter<T> {
  private readonly listeners = new Set<Listener<T>>();
  constructor() {
    held.add(this);
  }
  readonly event = (listener: Listener<T>): Disposable => {
    // A listener of its own, so that one function can listen twice.
    const own: Listener<T> = (value) => listener(value);
    this.listeners.add(own);
    return take({}, () => this.listeners.delete(own));
  };
  fire(value: T): void {
    [...this.listeners].forEach((listener) => listener(value));
  }
  dispose(): void {
    held.delete(this);
    this.listeners.clear();
  }
}

export class Uri {
  private constructor(
    readonly scheme: string,
    readonly path: string,
    readonly query = '',
    readonly fragment = '',
  ) {}
  static file(path: string): Uri {
    return new Uri('file', path);
  }
  static from({ scheme, path }: { scheme: string; path: string }): Uri {
    return new Uri(scheme, path);
  }
  static joinPath(base: Uri, ...parts: string[]): Uri {
    return new Uri(base.scheme, [base.path.replace(/\/$/, ''), ...parts].join('/'), base.query, base.fragment);
  }
  get fsPath(): string {
    return this.path;
  }
  with(change: Partial<{ scheme: string; query: string; fragment: string }>): Uri {
    return new Uri(change.scheme ?? this.scheme, this.path, change.query ?? this.query, change.fragment ?? this.fragment);
  }
  toString(): string {
    return `${this.scheme}://${this.path}${this.query && `?${this.query}`}${this.fragment && `#${this.fragment}`}`;
  }
}

export class Range {
  constructor(
    readonly startLine: number,
    readonly startCharacter: number,
    readonly endLine: number,
    readonly endCharacter: number,
  ) {}
}

class FileSystemFault extends Error {}
export const FileSystemError = {
  FileNotFound: (uri: Uri) => new FileSystemFault(`not found: ${uri.toString()}`),
  NoPermissions: (uri?: Uri) => new FileSystemFault(`no permission: ${uri?.toString() ?? ''}`),
};
export const FileType = { File: 1 };
export const FilePermission = { Readonly: 1 };
export const FileChangeType = { Changed: 1, Created: 2, Deleted: 3 };
export const StatusBarAlignment = { Left: 1 };
export const OverviewRulerLane = { Left: 1 };
export const ProgressLocation = { Notification: 15 };
export const ExtensionMode = { Production: 1, Test: 3 };
export const ConfigurationTarget = { Global: 1 };
export const TextEditorRevealType = { InCenterIfOutsideViewport: 2 };
export const CommentMode = { Preview: 1 };
export const CommentThreadCollapsibleState = { Collapsed: 0 };
export class ThemeColor {
  constructor(readonly id: string) {}
}
export class CodeLens {}
export class Selection {}
export class TabInputText {}
export class McpStdioServerDefinition {}
export class MarkdownString {}

export const l10n = {
  t: (text: string, ...values: (string | number)[]) =>
    text.replace(/\{(\d)\}/g, (all, index: string) => String(values[Number(index)] ?? all)),
};
export const env = { language: 'en' };

/** What the code under test did to the editor, and the hands of a user. */
export const editor = {
  commands: new Map<string, (...args: unknown[]) => unknown>(),
  /** Every command that was executed. */
  executed: [] as unknown[][],
  /** Every message that was shown. */
  said: [] as string[],
  fileSystems: new Map<string, unknown>(),
  files: new Map<string, Uint8Array>(),
  statusBar: [] as { text: string; writes: number }[],
  view: undefined as { resolveWebviewView(view: unknown): void } | undefined,
  settings: new Map<string, unknown>(),
};

const never = <T>() => {
  const emitter = new EventEmitter<T>();
  held.delete(emitter);
  return emitter.event;
};
const say = (text: string) => {
  editor.said.push(text);
  return Promise.resolve(undefined);
};

export const commands = {
  registerCommand: (id: string, run: (...args: unknown[]) => unknown) => {
    editor.commands.set(id, run);
    return take({}, () => editor.commands.delete(id));
  },
  executeCommand: (id: string, ...args: unknown[]) => {
    editor.executed.push([id, ...args]);
    return Promise.resolve(editor.commands.get(id)?.(...args));
  },
};

export const window = {
  activeTextEditor: undefined,
  visibleTextEditors: [],
  state: { focused: true },
  tabGroups: { all: [], close: () => Promise.resolve(true) },
  createOutputChannel: () => take({ info: () => undefined, warn: () => undefined, error: () => undefined, show: () => undefined }),
  createStatusBarItem: () => {
    let text = '';
    const item = take({
      writes: 0,
      show: () => undefined,
      get text() {
        return text;
      },
      set text(value: string) {
        text = value;
        item.writes++;
      },
    });
    editor.statusBar.push(item);
    return item;
  },
  createTextEditorDecorationType: () => take({}),
  registerWebviewViewProvider: (_: string, provider: { resolveWebviewView(view: unknown): void }) => {
    editor.view = provider;
    return take({});
  },
  showInformationMessage: say,
  showWarningMessage: say,
  showErrorMessage: say,
  setStatusBarMessage: () => take({}),
  withProgress: (_: unknown, work: (progress: unknown, cancel: unknown) => unknown) =>
    work({}, { onCancellationRequested: never(), isCancellationRequested: false }),
  onDidChangeActiveTextEditor: never(),
  onDidChangeVisibleTextEditors: never(),
  onDidChangeTextEditorSelection: never(),
};

export const workspace = {
  isTrusted: true,
  textDocuments: [] as unknown[],
  workspaceFolders: undefined as unknown[] | undefined,
  fs: {
    readFile: (uri: Uri) => {
      const found = editor.files.get(uri.path);
      return found ? Promise.resolve(found) : Promise.reject(FileSystemError.FileNotFound(uri));
    },
    stat: (uri: Uri) => workspace.fs.readFile(uri),
  },
  getConfiguration: () => ({ get: (name: string, otherwise: unknown) => editor.settings.get(name) ?? otherwise }),
  registerFileSystemProvider: (scheme: string, provider: unknown) => {
    editor.fileSystems.set(scheme, provider);
    return take({}, () => editor.fileSystems.delete(scheme));
  },
  registerTextDocumentContentProvider: () => take({}),
  onDidOpenTextDocument: never(),
  onDidSaveTextDocument: never(),
  onDidChangeTextDocument: never(),
  onDidChangeConfiguration: never(),
  onDidChangeWorkspaceFolders: never(),
  onDidGrantWorkspaceTrust: never(),
};

export const languages = { registerCodeLensProvider: () => take({}) };
export const scm = {
  createSourceControl: () => take({ inputBox: {}, createResourceGroup: () => ({}) }),
};
export const comments = { createCommentController: () => take({ createCommentThread: () => take({}) }) };
export const lm = {};
