import * as vscode from 'vscode';

/** The user's settings; empty or undefined means: as the sidecar offers. */
export interface Settings {
  level: string | null;
  review: string | null;
  consilium: string | null;
  baseUrl: string;
  model: string;
  sidecarPath: string;
  unsavedFiles: 'ask' | 'save' | 'ignore';
  codeLens: boolean;
  voteComments: boolean;
  notifications: 'questions' | 'all' | 'none';
}

export function readSettings(): Settings {
  const all = vscode.workspace.getConfiguration('codexSidecar');
  return {
    level: all.get<string | null>('level', null),
    review: all.get<string | null>('review', null),
    consilium: all.get<string | null>('consilium', null),
    baseUrl: all.get('model.baseUrl', '').trim(),
    model: all.get('model.id', '').trim(),
    sidecarPath: all.get('sidecarPath', '').trim(),
    unsavedFiles: all.get('unsavedFiles', 'ask'),
    codeLens: all.get('codeLens', true),
    voteComments: all.get('voteComments', true),
    notifications: all.get('notifications', 'questions'),
  };
}
