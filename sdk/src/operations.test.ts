import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, isUnionType, Kind, parse, TypeInfo, validate, visit, visitWithTypeInfo, type DocumentNode, type SelectionSetNode } from 'graphql';
import { operations } from './generated/operations.ts';

const schema = buildSchema(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'));
const all = Object.entries(operations);

describe('operations', () => {
  it('hold the two queries that the platform is measured by', () => {
    expect(operations.Cockpit).toMatchObject({ kind: 'query', resumable: false });
    expect(operations.LiveOrders).toMatchObject({ kind: 'subscription', resumable: true });
  });

  it.each(all)('%s fits the graph', (name, operation) => {
    expect(validate(schema, parse(operation.text))).toEqual([]);
    expect(operation.name).toBe(name);
  });

  it('are exactly what the router trusts', () => {
    const trusted: unknown = JSON.parse(readFileSync(new URL('../../router/trusted-documents.json', import.meta.url), 'utf8'));
    expect(trusted).toEqual(Object.fromEntries(all.map(([, { text }]) => [createHash('sha256').update(text).digest('hex'), text])));
  });

  it('resume exactly where the graph can', () => {
    expect(all.filter(([, { resumable }]) => resumable).map(([name]) => name).sort()).toEqual(['LiveOrders', 'configChanged', 'notificationReceived', 'orderUpdated', 'tradePrinted']);
  });

  it('use every root field of the graph', () => {
    const used = new Set(all.flatMap(([, { text }]) => parse(text).definitions.flatMap((definition) =>
      definition.kind === 'OperationDefinition' ? definition.selectionSet.selections.flatMap((selection) => (selection.kind === 'Field' ? [selection.name.value] : [])) : [])));
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) => Object.keys(type?.getFields() ?? {}));
    expect(roots.filter((field) => !used.has(field))).toEqual([]);
  });

  it.each(all)('%s reads every member of each union it meets', (_, { text }) => {
    const missed: string[] = [];
    const document = parse(text);
    const types = new TypeInfo(schema);
    visit(document, visitWithTypeInfo(types, {
      SelectionSet(node) {
        const type = types.getParentType();
        if (!isUnionType(type)) return;
        const read = membersRead(node, document);
        missed.push(...type.getTypes().flatMap(({ name }) => (read.has(name) ? [] : [`${type.name}.${name}`])));
      },
    }));
    expect(missed).toEqual([]);
  });
});

/** Names of the types on which a selection has fragments; a named fragment on the union itself is looked into. */
function membersRead(selection: SelectionSetNode, document: DocumentNode): Set<string> {
  return new Set(selection.selections.flatMap((part) => {
    if (part.kind === Kind.INLINE_FRAGMENT) return [part.typeCondition?.name.value ?? ''];
    if (part.kind === Kind.FIELD) return [];
    const fragment = document.definitions.find((definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === part.name.value);
    return fragment?.kind === Kind.FRAGMENT_DEFINITION ? [fragment.typeCondition.name.value, ...membersRead(fragment.selectionSet, document)] : [];
  }));
}
