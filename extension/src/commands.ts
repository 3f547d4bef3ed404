import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { Agent } from './agent';
import type { Documents } from './documents';
import type { Questions } from './questions';
import type { Register } from './register';
import type { Runs } from './run/runs';
import { isRecord } from './sidecar/meta';
import type { PromptBlock } from './sidecar/wire';
import { undoRun } from './undo';

export interface CommandParts {
  agent: Agent;
  runs: Runs;
  questions: Questions;
  documents: Documents;
  log: vscode.LogOutputChannel;
  showPanel: () => void;
}

export function registerCommands(register: Register, { agent, runs, questions, documents, log, showPanel }: CommandParts): void {
  register('solveTask', async (argument) => {
    const selection = selected();
    const given = isRecord(argument) && typeof argument['task'] === 'string' ? argument['task'] : undefined;
    const task =
      given ??
      (await vscode.window.showInputBox({
        title: l10n.t('Agent: Solve task'),
        prompt: selection ? l10n.t('What should be done? The selection goes along.') : l10n.t('What should be done?'),
        ignoreFocusOut: true,
      }));
    if (task?.trim()) {
      await agent.solve(task.trim(), selection ? [selection] : []);
    }
  });
  register('stop', () => agent.stop());
  register('showPanel', () => {
    showPanel();
  });
  register('answerQuestion', () => questions.choose());
  register('showLog', () => {
    log.show();
  });
  register('restartSidecar', () => agent.restart());
  register('runDoctor', async () => {
    const start = await agent.start();
    const workspace = agent.folder ?? vscode.workspace.workspaceFolders?.[0];
    await documents.run(l10n.t('Agent doctor'), start, ['doctor', ...(workspace ? ['--workspace', workspace.uri.fsPath] : [])]);
  });
  register('showAuditLog', async () => {
    const runId = runs.shown.run?.runId;
    await documents.run(l10n.t('Agent audit log'), await agent.start(), ['audit', 'show', ...(runId ? ['--run', runId] : [])]);
  });
  register('openReport', async () => {
    const { reportFile } = runs.shown;
    if (reportFile) {
      await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(reportFile));
    }
  });
  register('undoRun', async (argument) => {
    const runId = isRecord(argument) && typeof argument['runId'] === 'string' ? argument['runId'] : undefined;
    const live = await agent.live();
    await (live.wire.has('snapshot/restore') ? undoRun(live, runId) : agent.say('/undo'));
  });
}

/** The selection of the active editor, as what the task is about. */
function selected(): PromptBlock | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty || editor.document.uri.scheme !== 'file') {
    return undefined;
  }
  const { start, end } = editor.selection;
  const uri = editor.document.uri.with({ fragment: `L${start.line + 1}-${end.line + 1}` });
  return { type: 'resource', resource: { uri: uri.toString(), text: editor.document.getText(editor.selection) } };
}
