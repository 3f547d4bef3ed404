// Every line of a connection against ACP's own schema, in both directions.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const schema = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@agentclientprotocol/sdk/schema/v1/schema.json'), 'utf8'));
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(schema, 'acp');

/** "session/prompt" + "Request" -> the validator of its params. */
const validators = new Map();
for (const [name, definition] of Object.entries(schema.$defs)) {
  const kind = /(Request|Response|Notification)$/.exec(name)?.[1];
  if (definition['x-method'] && kind) {
    validators.set(`${definition['x-method']} ${kind}`, ajv.compile({ $ref: `acp#/$defs/${name}` }));
  }
}
const error = ajv.compile({ $ref: 'acp#/$defs/Error' });

/**
 * @param {{ from: 'client' | 'agent', text: string }[]} lines as they went over the wire
 * @returns {string[]} what is wrong; empty for a clean transcript
 */
export function problems(lines) {
  const found = [];
  const asked = { client: new Map(), agent: new Map() };
  for (const { from, text } of lines) {
    const check = (validator, value, what) => {
      if (!validator(value)) {
        const { instancePath, message } = validator.errors[0];
        found.push(`${from}: ${what}${instancePath} ${message}: ${text.slice(0, 300)}`);
      }
    };
    const message = JSON.parse(text);
    if (message.jsonrpc !== '2.0') {
      found.push(`${from}: no JSON-RPC 2.0: ${text.slice(0, 300)}`);
    } else if (message.method !== undefined) {
      const isRequest = message.id !== undefined;
      if (isRequest) {
        asked[from].set(message.id, message.method);
      }
      const validator = validators.get(`${message.method} ${isRequest ? 'Request' : 'Notification'}`);
      if (validator) {
        check(validator, message.params, message.method);
      } else if (!message.method.startsWith('_codexSidecar/')) {
        found.push(`${from}: ${message.method} is no method of ACP`);
      }
    } else if (message.error !== undefined) {
      check(error, message.error, 'error');
    } else {
      const method = asked[from === 'client' ? 'agent' : 'client'].get(message.id);
      const validator = validators.get(`${method} Response`);
      if (validator) {
        check(validator, message.result, `${method} result`);
      } else if (!method?.startsWith('_codexSidecar/')) {
        found.push(`${from}: an answer to nothing: ${text.slice(0, 300)}`);
      }
    }
  }
  return found;
}
