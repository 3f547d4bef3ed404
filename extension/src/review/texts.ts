// The two texts of a file that are not on disk: before the run, and as proposed. Read-only files of our own schemes.
import type { Closing } from '../closing';
import * as vscode from 'vscode';
import { bytesOf } from './encoding';
import type { StoredFile } from './hunkStore';
import { baseScheme, proposedScheme, type Review } from './review';
import { pathOnDisk } from './select';

type Scheme = typeof baseScheme | typeof proposedScheme;

/** The virtual text of a file; the run's id keeps the texts of two runs apart. */
export function virtualUri(review: Review, path: string, scheme: Scheme): vscode.Uri {
  return review.uri(path).with({ scheme, query: review.state.runId });
}

/** @param restored finds the review again when a window with such documents is opened anew */
export function registerTexts(review: Review, restored: () => Promise<unknown>): vscode.Disposable {
  const options = { isReadonly: true, isCaseSensitive: true };
  const register = (scheme: Scheme) => {
    const versions = followVersions(review, scheme);
    return vscode.Disposable.from(versions, vscode.workspace.registerFileSystemProvider(scheme, texts(scheme, versions), options));
  };

  const texts = (scheme: Scheme, versions: Versions): vscode.FileSystemProvider => {
    const read = async (uri: vscode.Uri): Promise<Uint8Array> => {
      if (review.state.files.length === 0) {
        await restored().catch(() => undefined);
      }
      const path = review.pathOf(uri);
      const file = uri.query === review.state.runId ? review.state.files.find((item) => item.path === path) : undefined;
      const text = file && textOf(file, scheme);
      if (!file || text === undefined) {
        throw vscode.FileSystemError.FileNotFound(uri);
      }
      return bytesOf(text, await onDisk(review.uri(pathOnDisk(review.state, file))));
    };
    const refuse = (uri?: vscode.Uri): never => {
      throw vscode.FileSystemError.NoPermissions(uri);
    };
    return {
      onDidChangeFile: versions.onDidChange,
      watch: () => new vscode.Disposable(() => undefined),
      stat: async (uri) => ({
        type: vscode.FileType.File,
        ctime: 0,
        mtime: versions.mtime(uri),
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
  return vscode.Disposable.from(register(baseScheme), register(proposedScheme));
}

const textOf = ({ base, proposed }: StoredFile, scheme: Scheme) => (scheme === baseScheme ? base : proposed);

interface Versions extends Closing {
  readonly onDidChange: vscode.Event<vscode.FileChangeEvent[]>;
  /** Moves with the text: the editor takes a file of the same time and size for one it knows. */
  mtime(uri: vscode.Uri): number;
}

/** Which text each file had last, so that an open document is read again when a later patch proposes another one. */
function followVersions(review: Review, scheme: Scheme): Versions {
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  const known = new Map<string, { text: string; mtime: number }>();
  let runId = '';
  let files: readonly StoredFile[] | undefined;

  const look = () => {
    const { state } = review;
    if (state.files === files) {
      return;
    }
    files = state.files;
    if (state.runId !== runId) {
      // Texts of an earlier run cannot be read any more: their addresses name it.
      runId = state.runId;
      known.clear();
    }
    // A file that is missing just now is remembered: it may come back with another text, as after a rollback.
    const other = files.flatMap((file) => {
      const uri = virtualUri(review, file.path, scheme);
      const text = textOf(file, scheme);
      const before = known.get(uri.toString());
      if (text === undefined || before?.text === text) {
        return [];
      }
      known.set(uri.toString(), { text, mtime: Math.max(Date.now(), (before?.mtime ?? 0) + 1) });
      return before ? [{ type: vscode.FileChangeType.Changed, uri }] : [];
    });
    if (other.length > 0) {
      changed.fire(other);
    }
  };

  look();
  const follow = review.onDidChange(look);
  return {
    onDidChange: changed.event,
    mtime: (uri) => known.get(uri.toString())?.mtime ?? 0,
    dispose: () => {
      follow.dispose();
      changed.dispose();
    },
  };
}

/** Undefined: there is no such file, before it is created or after it was deleted. */
function onDisk(file: vscode.Uri): Thenable<Uint8Array | undefined> {
  return vscode.workspace.fs.readFile(file).then(
    (bytes) => bytes,
    () => undefined,
  );
}
