import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { baseScheme, type Review } from './review';
import { openHunks } from './select';
import { sidesOf } from './show';
import { virtualUri } from './texts';

/** Files with open hunks as a source control of their own; after writing also the gutter's bars, against the text before the run. */
export function registerScm(review: Review): vscode.Disposable {
  let control: { source: vscode.SourceControl; group: vscode.SourceControlResourceGroup } | undefined;

  const make = () => {
    const source = vscode.scm.createSourceControl('codexSidecar', l10n.t('Agent changes'));
    source.inputBox.visible = false;
    const group = source.createResourceGroup('pending', l10n.t('Pending'));
    group.hideWhenEmpty = true;
    return { source, group };
  };

  const draw = () => {
    const paths = new Set(openHunks(review.state).map(({ file }) => file.path));
    if (paths.size === 0) {
      control?.source.dispose();
      control = undefined;
      return;
    }
    control ??= make();
    control.group.resourceStates = review.state.files
      .filter((file) => paths.has(file.path))
      .map((file) => {
        const { original, modified } = sidesOf(review, file);
        return {
          resourceUri: review.uri(file.path),
          contextValue: 'file',
          decorations: { strikeThrough: file.change === 'deleted', tooltip: file.path },
          command:
            original && modified
              ? { command: 'vscode.diff', title: l10n.t('Show'), arguments: [original, modified, l10n.t('{0} (agent)', file.path)] }
              : { command: 'vscode.open', title: l10n.t('Show'), arguments: [original ?? modified] },
        };
      });
    control.source.count = paths.size;
    // Before writing the bars would point the wrong way: the file on disk is still the old text.
    if (review.state.phase === 'after') {
      control.source.quickDiffProvider ??= {
        provideOriginalResource: (uri) => {
          const path = review.pathOf(uri);
          const file = review.state.files.find((item) => item.path === path);
          return uri.scheme === 'file' && file?.base !== undefined ? virtualUri(review, file.path, baseScheme) : undefined;
        },
      };
    }
  };
  return vscode.Disposable.from(review.onDidChange(draw), new vscode.Disposable(() => control?.source.dispose()));
}
