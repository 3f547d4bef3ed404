import * as vscode from 'vscode';
import { l10n } from 'vscode';

/** There is no model to work with: what was tried, and the ways on. */
export async function offerModelServer(tried: string): Promise<void> {
  const enter = l10n.t('Enter address');
  const doctor = l10n.t('Run doctor');
  const chosen = await vscode.window.showWarningMessage(l10n.t('There is no model to work with. {0}', tried), enter, doctor);
  if (chosen === doctor) {
    await vscode.commands.executeCommand('codexSidecar.runDoctor');
  } else if (chosen === enter) {
    const settings = vscode.workspace.getConfiguration('codexSidecar');
    const address = await vscode.window.showInputBox({
      title: l10n.t('Agent: Model server'),
      prompt: l10n.t('Address of an OpenAI-compatible server, such as http://127.0.0.1:8080/v1'),
      value: settings.get('model.baseUrl', ''),
      ignoreFocusOut: true,
      validateInput: (text) => (/^https?:\/\/\S+$/.test(text) ? undefined : l10n.t('The address begins with http:// or https://')),
    });
    if (address) {
      await settings.update('model.baseUrl', address, vscode.ConfigurationTarget.Global);
    }
  }
}
