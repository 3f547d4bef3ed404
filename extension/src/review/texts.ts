// The two texts of a file that are not on disk: before the run, and as proposed. Read-only files of our own schemes.
import * as vscode from 'vscode';
import { bytesOf } from './encoding';
import { baseScheme, proposedScheme, type Review } from './review';
import { pathOnDisk } from './select';

/** The virtual text of a file; the run's id keeps the texts of two runs apart. */
export function virtualUri(review: Review, path: string, scheme: typeof baseScheme | typeof proposedScheme): vscode.Uri {
  return review.uri(path).with({ scheme, query: review.state.runId });
}

/** @param restored finds the review again when a window with such documents is opened anew */
export function registerTexts(review: Review, restored: () => Promise<unknown>): vscode.Disposable {
  const texts = (scheme: string): vscode.FileSystemProvider => {
    const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
    const read = async (uri: vscode.Uri): Promise<Uint8Array> => {
      if (review.state.files.length === 0) {
        await restored().catch(() => undefined);
      }
      const path = review.pathOf(uri);
      const file = uri.query === review.state.runId ? review.state.files.find((item) => item.path === path) : undefined;
      const text = scheme === baseScheme ? file?.base : file?.proposed;
      if (!file || text === undefined) {
        throw vscode.FileSystemError.FileNotFound(uri);
      }
      return bytesOf(text, await onDisk(review.uri(pathOnDisk(review.state, file))));
    };
    const refuse = (uri?: vscode.Uri): never => {
      throw vscode.FileSystemError.NoPermissions(uri);
    };
    return {
      onDidChangeFile: changed.event,
      watch: () => new vscode.Disposable(() => undefined),
      stat: async (uri) => ({
        type: vscode.FileType.File,
        ctime: 0,
        mtime: 0,
        size: (await read(uri)).length,
        permissions: vscode.FilePermission.Readonly,
      }),
      readFile: read,
      readDirectory: () => [],
      createDirectory: refuse,
      writeFile: refuse,
      delete: refuse,
      rename: refuse,
    };
  };
  const options = { isReadonly: true, isCaseSensitive: true };
  return vscode.Disposable.from(
    vscode.workspace.registerFileSystemProvider(baseScheme, texts(baseScheme), options),
    vscode.workspace.registerFileSystemProvider(proposedScheme, texts(proposedScheme), options),
  );
}

/** Undefined: there is no such file, before it is created or after it was deleted. */
function onDisk(file: vscode.Uri): Thenable<Uint8Array | undefined> {
  return vscode.workspace.fs.readFile(file).then(
    (bytes) => bytes,
    () => undefined,
  );
}
