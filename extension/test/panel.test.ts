import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Panel } from '../src/panel/panel';
import { EventEmitter, held, Uri } from './fakes/vscode';

function bench() {
  const heard = new EventEmitter<unknown>();
  const gone = new EventEmitter<void>();
  const seen = new EventEmitter<void>();
  const posted: { type: string }[] = [];
  const view = {
    visible: true,
    webview: {
      html: '',
      cspSource: 'own',
      asWebviewUri: (uri: unknown) => uri,
      onDidReceiveMessage: heard.event,
      postMessage: (message: { type: string }) => {
        posted.push(message);
        return Promise.resolve(true);
      },
    },
    onDidChangeVisibility: seen.event,
    onDidDispose: gone.event,
  };
  return {
    view: view as never,
    posted,
    ready: () => {
      heard.fire({ type: 'ready' });
    },
    close: () => {
      gone.fire();
    },
  };
}

test('a panel that is gone listens to no view and sends nothing later', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const panel = new Panel(Uri.file('/ext') as never);
  const [first, second] = [bench(), bench()];
  const taken = held.size;
  panel.resolveWebviewView(first.view);
  assert.equal(held.size, taken + 3);
  panel.resolveWebviewView(second.view);
  assert.equal(held.size, taken + 3, 'of the view before nothing is listened to');
  second.ready();
  panel.setSidecar('none', 'gone');
  panel.dispose();
  context.mock.timers.tick(1000);
  assert.deepEqual(
    second.posted.map(({ type }) => type),
    ['state'],
  );
  assert.equal(held.size, taken - 1, 'its own event too');
});

test('a view that was closed is listened to no more', () => {
  const panel = new Panel(Uri.file('/ext') as never);
  const only = bench();
  const taken = held.size;
  panel.resolveWebviewView(only.view);
  only.close();
  assert.equal(held.size, taken);
  panel.dispose();
});
