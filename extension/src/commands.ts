import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { Agent } from './agent';
import type { Documents } from './documents';
import { isRecord } from './sidecar/meta';
import type { PromptBlock } from './sidecar/wire';
import { undoRun } from './undo';

export type Register = (id: string, run: (...args: unknown[]) => unknown) => void;

/** Registers commands so that whatever goes wrong in one is a sentence for the user and a line in the log. */
export function registrar(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Register {
  return (id, run) => {
    const guarded = async (...args: unknown[]) => {
      try {
        await run(...args);
      } catch (error) {
        log.error(`${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        const showLog = l10n.t('Show log');
        const picked = await vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error), showLog);
        if (picked === showLog) {
          log.show();
        }
      }
    };
    // Not awaited by whoever clicks: the message above may stay open for long.
    context.subscriptions.push(vscode.commands.registerCommand(`codexSidecar.${id}`, guarded));
  };
}

export function registerCommands(
  register: Register,
  agent: Agent,
  documents: Documents,
  log: vscode.LogOutputChannel,
  showPanel: () => void,
): void {
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
  register('answerQuestion', () => agent.questions.choose());
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
    const { runId } = agent.state.run;
    await documents.run(l10n.t('Agent audit log'), await agent.start(), ['audit', 'show', ...(runId ? ['--run', runId] : [])]);
  });
  register('openReport', async () => {
    const { report } = agent.state.run;
    if (report) {
      await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(report));
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
