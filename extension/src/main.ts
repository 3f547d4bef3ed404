import type { ExtensionContext } from 'vscode';
import { compose } from './compose';

// The editor calls two functions and hands nothing from the first to the second.
let end: () => Promise<void> = () => Promise.resolve();

export function activate(context: ExtensionContext): void {
  end = compose(context);
}

/** The editor waits for this: a window that opens again finds the session free. */
export function deactivate(): Promise<void> {
  return end();
}
