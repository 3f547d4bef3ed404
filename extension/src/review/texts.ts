// The two texts of a file that are not on disk: before the run, and as proposed. Read-only files of our own schemes.
import * as vscode from 'vscode';
import { baseScheme, proposedScheme, type Review } from './review';

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
      if (text === undefined) {
        throw vscode.FileSystemError.FileNotFound(uri);
      }
      return encoded(text, review.uri(path ?? ''));
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

/**
 * The sidecar sends a text of an old code page with one character per byte. It is given out as those bytes, so that the editor reads it with the same
 * code page as the file itself and the two sides of a diff are alike.
 */
async function encoded(text: string, file: vscode.Uri): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  // eslint-disable-next-line no-control-regex
  if (bytes.length === text.length || !/^[\u0000-\u00ff]*$/.test(text)) {
    return bytes;
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(await vscode.workspace.fs.readFile(file));
    return bytes;
  } catch {
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  }
}
