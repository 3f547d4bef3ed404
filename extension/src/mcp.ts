// Offers our tools and the agent to the editor's own agent: one server for each folder, started by the editor after its own question of trust.
import * as vscode from 'vscode';
import { readSettings } from './settings';
import { mcpArguments } from './sidecar/mcpArguments';
import { startOptions } from './sidecar/launch';

/** As the manifest names it. */
const providerId = 'codexSidecar';

/** Nothing where the editor cannot do it. */
export function registerMcp(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): void {
  const lm: Partial<typeof vscode.lm> = vscode.lm;
  if (typeof lm.registerMcpServerDefinitionProvider !== 'function') {
    return;
  }
  const changed = new vscode.EventEmitter<void>();
  const fire = () => {
    changed.fire();
  };
  context.subscriptions.push(
    changed,
    vscode.workspace.onDidChangeWorkspaceFolders(fire),
    vscode.workspace.onDidGrantWorkspaceTrust(fire),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('codexSidecar')) {
        fire();
      }
    }),
    lm.registerMcpServerDefinitionProvider(providerId, {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions: () => definitions(context, log),
    }),
  );
}

async function definitions(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<vscode.McpStdioServerDefinition[]> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  try {
    const { program } = await startOptions(context, log);
    return folders.map((folder) => definition(program, folder, folders.length > 1));
  } catch (error) {
    // The editor asks by itself; the user is told when they ask for something.
    log.warn(String(error));
    return [];
  }
}

function definition(program: string, folder: vscode.WorkspaceFolder, several: boolean): vscode.McpStdioServerDefinition {
  const { level, baseUrl, model } = readSettings();
  const label = several ? `Codex Sidecar: ${folder.name}` : 'Codex Sidecar';
  const server = new vscode.McpStdioServerDefinition(label, program, mcpArguments(folder.uri.fsPath, level, vscode.workspace.isTrusted), {
    ...(baseUrl && { CODEX_SIDECAR_BASE_URL: baseUrl }),
    ...(model && { CODEX_SIDECAR_MODEL: model }),
  });
  server.cwd = folder.uri;
  return server;
}
