import { describe, expect, it } from '@jest/globals';
import { buildSchema, print } from 'graphql';
import { RequestRefused } from '../respond/graph-error.ts';
import { DEFAULT_LIMITS } from './limits-config.ts';
import { OperationParser, type Operation } from './operation.ts';

const SCHEMA = buildSchema(`
  directive @defer(label: String, if: Boolean! = true) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  type Query { a: Node } type Mutation { a: Node } type Subscription { a: Node }
  type Node { node: Node n: Int m: Int }`);
const parser = new OperationParser(SCHEMA, { ...DEFAULT_LIMITS, maxDefers: 3 });

function parse(query: string): Operation {
  const operation = parser.parse(query, undefined);
  if (operation instanceof Promise) throw new Error('small documents are parsed at once');
  return operation;
}

function codeOf(query: string): string {
  try {
    parse(query);
    return 'OK';
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    return String(error.errors[0]?.extensions.code);
  }
}

describe('@defer in an operation', () => {
  it('is taken out of what is run for clients that want one answer', () => {
    expect(parse('{ a { n ... @defer { m } } }').key).toBe('{a{n ...{m}}}');
  });

  it('is unknown to an operation without it', () => {
    expect(parse('{ a { n } }').inParts).toBeUndefined();
  });

  it('keeps its place when spreads are written out, under a name of its own for each', () => {
    const form = parse('{ a { ...F @defer(label: "x") node { ...F } } } fragment F on Node { n ... on Node @include(if: true) @defer { m } }').inParts?.with({});
    expect(print(form!.document).replace(/\s+/g, ' ')).toBe('{ a { ... on Node @defer(label: "d0") { n ... on Node @include(if: true) @defer(label: "d1") { m } } node { ... on Node { n ... on Node @include(if: true) @defer(label: "d2") { m } } } } }');
    expect([...form!.deferred!.values()].map(({ label, stage }) => [label, stage]).sort()).toEqual([['x', 'd0'], [undefined, 'd1'], [undefined, 'd2']].sort());
  });

  it('holds under the variables of a request', () => {
    const { inParts } = parse('query ($v: Boolean = true, $w: Boolean!) { a { ... @defer(if: $v) { n } ... @defer(if: $w) { m } ... @defer(if: false) { node { n } } } }');
    expect(inParts?.with({ v: true, w: true }).deferred?.size).toBe(2);
    expect(inParts?.with({ v: false, w: true }).key).toContain('{...{n}...@defer(label:"d0"){m}...{node{n}}}');
    expect(inParts?.with({ w: true }).deferred?.size).toBe(2);
    expect(inParts?.with({ v: false, w: false }).deferred).toBeUndefined();
    expect(inParts?.with({ v: true, w: true })).toBe(inParts?.with({ v: true, w: true }));
  });

  it.each([
    ['the most', '{ a { ... @defer { n } ... @defer { m } ... @defer { node { n } } } }', 'OK'],
    ['one more', '{ a { ... @defer { n } ... @defer { m } ... @defer { node { ... @defer { n } } } } }', 'MAX_DEFERS_EXCEEDED'],
    ['more by spreads', '{ a { ...F node { ...F node { ...F } } } } fragment F on Node { ... @defer { n } ... @defer { m } }', 'MAX_DEFERS_EXCEEDED'],
    ['a label twice', '{ a { ... @defer(label: "x") { n } ... @defer(label: "x") { m } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['one label spread twice', '{ a { ...F node { ...F } } } fragment F on Node { ... @defer(label: "x") { n } }', 'OK'],
    ['a label out of a variable', 'query ($l: String) { a { ... @defer(label: $l) { n } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a field', '{ a { n @defer } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown argument', '{ a { ... @defer(unless: true) { n } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['the root of a query', '{ ... @defer { a { n } } }', 'OK'],
    ['the root of a mutation', 'mutation { ... { ... @defer { a { n } } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['below the root of a mutation', 'mutation { a { ... @defer { n } } }', 'OK'],
    ['a subscription', 'subscription { a { ... @defer { n } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a subscription, switched off', 'subscription { a { ... @defer(if: false) { n } } }', 'OK'],
  ])('on %s', (_title, query, code) => {
    expect(codeOf(query)).toBe(code);
  });
});
