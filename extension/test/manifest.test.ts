import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

interface Manifest {
  activationEvents: string[];
  enabledApiProposals?: string[];
  engines: { vscode: string };
  devDependencies: Record<string, string>;
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string }[];
    mcpServerDefinitionProviders: { id: string }[];
    menus: Record<string, { command: string }[]>;
    keybindings: { command: string; key: string; mac: string }[];
    configuration: { properties: Record<string, { scope: string }> };
  };
}
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const { contributes } = manifest;
const sources = readdirSync('extension/src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(`extension/src/${name}`, 'utf8'))
  .join('\n');

// The menus that are open to every extension and that we use; more than a third of all are not.
const stable = [
  'commandPalette',
  'editor/title',
  'editor/context',
  'view/title',
  'scm/change/title',
  'scm/title',
  'scm/resourceState/context',
  'comments/commentThread/title',
  'comments/commentThread/context',
];

test('activation is by commands and views only', () => {
  assert.deepEqual(
    manifest.activationEvents.filter((event) => !event.startsWith('onFileSystem:')),
    [],
  );
});

test('no proposed interface is asked for, no menu is used that is not open to all', () => {
  assert.equal(manifest.enabledApiProposals, undefined);
  assert.deepEqual(
    Object.keys(contributes.menus).filter((menu) => !stable.includes(menu)),
    [],
  );
});

test('the types are those of the oldest supported editor', () => {
  assert.equal(`^${String(manifest.devDependencies['@types/vscode'])}`, manifest.engines.vscode);
});

test('every command of the manifest is registered, and every menu and key names one', () => {
  const declared = contributes.commands.map(({ command }) => command);
  const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map(({ command }) => command);
  assert.deepEqual(
    used.filter((command) => !declared.includes(command)),
    [],
  );
  assert.deepEqual(
    declared.filter((command) => !sources.includes(`register('${command.replace('codexSidecar.', '')}'`)),
    [],
  );
});

test('what can do harm is a setting of the machine, which a workspace cannot set', () => {
  const properties = Object.entries(contributes.configuration.properties);
  const ofMachine = properties.filter(([, { scope }]) => scope === 'machine').map(([name]) => name);
  for (const name of ['level', 'review', 'consilium', 'model.baseUrl', 'model.id', 'sidecarPath']) {
    assert.ok(ofMachine.includes(`codexSidecar.${name}`), name);
  }
  assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, ofMachine);
});

test('keys that editors need are left alone', () => {
  const taken = /^(ctrl\+[zyn]|tab|escape|enter|alt\+backspace|ctrl\+alt\+.*)$/;
  for (const { key, mac } of contributes.keybindings) {
    assert.doesNotMatch(key, taken);
    assert.doesNotMatch(mac, taken);
  }
});

test('the provider of MCP servers that is registered is the one the manifest names', () => {
  assert.deepEqual(
    contributes.mcpServerDefinitionProviders.map(({ id }) => id),
    [/providerId = '(\w+)'/.exec(sources)?.[1]],
  );
});
