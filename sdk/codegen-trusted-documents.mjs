// codegen plugin: the manifest of trusted documents, `{sha256: text}`, of exactly the texts that the client sends.
import { createHash } from 'node:crypto';
import { operationsOf } from './codegen-operations.mjs';

export function plugin(_schema, documents) {
  const entries = operationsOf(documents).map(({ text }) => [createHash('sha256').update(text).digest('hex'), text]);
  return `${JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`;
}
