import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { StoredHunk } from './hunkStore';
import type { Review } from './review';
import { isOpen, placed } from './select';

/** Colours the lines of open hunks in every visible editor of their file: to go before writing, new after it. */
export function registerDecorations(review: Review): vscode.Disposable {
  // High-contrast themes give lines no background: the bar at their side is seen in every theme.
  const type = (color: string, bar: string) =>
    vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      backgroundColor: new vscode.ThemeColor(color),
      borderWidth: '0 0 0 3px',
      borderStyle: 'solid',
      borderColor: new vscode.ThemeColor(bar),
      overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.modifiedForeground'),
      overviewRulerLane: vscode.OverviewRulerLane.Left,
    });
  const removed = type('diffEditor.removedLineBackground', 'editorGutter.deletedBackground');
  const inserted = type('diffEditor.insertedLineBackground', 'editorGutter.addedBackground');

  const draw = (editor: vscode.TextEditor) => {
    const path = editor.document.uri.scheme === 'file' ? review.pathOf(editor.document.uri) : undefined;
    const { phase } = review.state;
    const open = placed(review.state).filter(({ file, hunk }) => file.path === path && isOpen(hunk));
    const options = open.map(({ hunk }) => optionsOf(hunk, phase === 'after', editor.document.lineCount));
    editor.setDecorations(removed, phase === 'after' ? [] : options);
    editor.setDecorations(inserted, phase === 'after' ? options : []);
  };
  const drawAll = () => {
    vscode.window.visibleTextEditors.forEach(draw);
  };
  return vscode.Disposable.from(removed, inserted, review.onDidChange(drawAll), vscode.window.onDidChangeVisibleTextEditors(drawAll));
}

function optionsOf(hunk: StoredHunk, after: boolean, lineCount: number): vscode.DecorationOptions {
  const start = Math.min(hunk.range.start, lineCount - 1);
  const last = Math.min(start + Math.max(1, hunk.range.count) - 1, lineCount - 1);
  const size = `+${hunk.hunk.newLines} -${hunk.hunk.oldLines}`;
  return {
    range: new vscode.Range(start, 0, last, Number.MAX_SAFE_INTEGER),
    hoverMessage: hover(hunk),
    renderOptions: after
      ? {}
      : {
          after: {
            contentText: `  ⟶ ${size}`,
            color: new vscode.ThemeColor('editorCodeLens.foreground'),
          },
        },
  };
}

/** The hunk as a diff. The text is the model's: a fence that is longer than any in it keeps it a code block, and commands stay off. */
function hover(hunk: StoredHunk): vscode.MarkdownString {
  const lines = [...hunk.oldLooks.lines.map((line) => `-${line}`), ...hunk.newLooks.lines.map((line) => `+${line}`)].join('\n');
  const fence = '`'.repeat(Math.max(3, ...[...lines.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  const text = new vscode.MarkdownString(`${fence}diff\n${lines}\n${fence}`);
  text.isTrusted = false;
  return hunk.note ? text.appendText(`\n${l10n.t('Reason: {0}', hunk.note)}`) : text;
}
