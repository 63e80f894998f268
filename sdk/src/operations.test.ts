import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { operations } from './generated/operations.ts';

const schema = buildSchema(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'));
const all = Object.entries(operations);

describe('operations', () => {
  it.each(all)('%s fits the graph', (name, operation) => {
    expect(validate(schema, parse(operation.text))).toEqual([]);
    expect(operation.name).toBe(name);
  });

  it('resume exactly where the graph can', () => {
    expect(all.filter(([, { resumable }]) => resumable).map(([name]) => name).sort()).toEqual(['orderUpdated', 'tradePrinted']);
  });

  it('use every root field of the graph', () => {
    const used = new Set(all.flatMap(([, { text }]) => parse(text).definitions.flatMap((definition) =>
      definition.kind === 'OperationDefinition' ? definition.selectionSet.selections.flatMap((selection) => (selection.kind === 'Field' ? [selection.name.value] : [])) : [])));
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) => Object.keys(type?.getFields() ?? {}));
    expect(roots.filter((field) => !used.has(field))).toEqual([]);
  });
});
