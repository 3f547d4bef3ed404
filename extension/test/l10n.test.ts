import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import ts from 'typescript';

type Texts = Record<string, string>;
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Texts;

/** The first argument of every l10n.t(...) in the source: the English text. */
function textsOfSource(): string[] {
  const found = new Set<string>();
  for (const name of readdirSync('extension/src', { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.startsWith('generated')) {
      continue;
    }
    const file = ts.createSourceFile(name, readFileSync(`extension/src/${name}`, 'utf8'), ts.ScriptTarget.ES2022);
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && /(^|\.)l10n\.t$/.test(node.expression.getText(file))) {
        const [text] = node.arguments;
        assert.ok(text && ts.isStringLiteralLike(text), `${name}: only a literal can be translated: ${node.getText(file)}`);
        found.add(text.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return [...found].sort();
}

const holes = (text: string) => [...text.matchAll(/\{\d+\}/g)].map(([hole]) => hole).sort();

test('every text of the source is in both bundles, and nothing else is', () => {
  const texts = textsOfSource();
  assert.ok(texts.length > 50, 'the walk finds the texts');
  for (const bundle of ['l10n/bundle.l10n.json', 'l10n/bundle.l10n.ru.json']) {
    assert.deepEqual(Object.keys(json(bundle)).sort(), texts, bundle);
  }
});

test('a translation has the same places for values, and the Russian one is Russian', () => {
  for (const [english, russian] of Object.entries(json('l10n/bundle.l10n.ru.json'))) {
    assert.deepEqual(holes(russian), holes(english), english);
    // Some names are the same in every language.
    assert.match(russian, /[а-яё]|^[^a-z]*$|^(Git|QA)$/i, english);
  }
  for (const [english, same] of Object.entries(json('l10n/bundle.l10n.json'))) {
    assert.equal(same, english);
  }
});

test('the manifest names no text itself, and both languages have every text it names', () => {
  const manifest = readFileSync('package.json', 'utf8');
  const named = [...new Set([...manifest.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? ''))].sort();
  for (const file of ['package.nls.json', 'package.nls.ru.json']) {
    assert.deepEqual(Object.keys(json(file)).sort(), named, file);
  }
  const literal = [...manifest.matchAll(/"(title|name|category|markdownDescription)": "([^%"]*)"/g)].map(([, , text]) => text);
  // Its own name is the same in every language.
  assert.deepEqual(
    literal.filter((text) => text !== 'codex-sidecar' && text !== 'Codex Sidecar'),
    [],
  );
});

test('messages, titles and buttons are never written in the source without translation', () => {
  const shown = /show(?:Information|Warning|Error)Message\(\s*['"`]|(?:title|prompt|placeHolder|detail): ['"`][A-Za-z]/;
  for (const name of readdirSync('extension/src', { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.ts') && !name.startsWith('generated') && !name.startsWith('panel')) {
      assert.doesNotMatch(readFileSync(`extension/src/${name}`, 'utf8'), shown, name);
    }
  }
});
