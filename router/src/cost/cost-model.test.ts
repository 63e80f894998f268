// Costs worked out by hand, one rule a row; then the estimate against a naive twin over random operations.

import { describe, expect, it } from '@jest/globals';
import { composeServices } from '@apollo/composition';
import { buildSchema, getNamedType, getNullableType, isCompositeType, isListType, Kind, parse, type GraphQLCompositeType, type SelectionSetNode } from 'graphql';
import { OperationParser } from '../parse/operation.ts';
import { coerceVariables } from '../parse/variables.ts';
import { DEFAULT_LIMITS } from '../parse/limits-config.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { actualCost } from './actual-cost.ts';
import { costSection } from './cost-config.ts';
import { CostDirectives } from './cost-directives.ts';
import { CostModel } from './cost-model.ts';

const link = (more: string) => `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", ${more}])`;
const TYPES = `
  type Query {
    one: Item  many: [Item!]!  word: String  dear: String @cost(weight: 5)  words: [String]
    first(first: Int, last: Int): [Item] @listSize(slicingArguments: ["first", "last"])
    some(first: Int, last: Int = 3): [Item] @listSize(slicingArguments: ["first", "last"], requireOneSlicingArgument: false, assumedSize: 7)
    five: [Item] @listSize(assumedSize: 5)
    page(first: Int): Page @listSize(slicingArguments: ["first"], sizedFields: ["items"])
    ask(in: In, x: Int @cost(weight: 3), colour: Colour, list: [In!]): Int
    any: Any  node: Node
  }
  type Mutation { set: Item }
  type Item @key(fields: "id") { id: ID name: String item: Item items: [Item] heavy: Heavy colour: Colour }
  type Heavy @cost(weight: 20) { n: Int }
  type Page { items: [Item] total: Int }
  enum Colour @cost(weight: 2) { RED }
  input In { a: Int @cost(weight: 4) b: In c: Colour }
  interface Node { n: Int }
  type Left implements Node { n: Int @cost(weight: 9) }
  type Right implements Node { n: Int @cost(weight: 2) }
  union Any = Item | Heavy`;

const modelOf = (imports: string, sdl = TYPES, settings: object = {}): { model: CostModel; parser: OperationParser } => {
  const { supergraphSdl, errors } = composeServices([{ name: 's', url: 'http://s', typeDefs: parse(`${link(imports)} ${sdl}`) }]);
  if (supergraphSdl === undefined) throw new Error(errors?.join('\n'));
  const schema = buildSchema(sdl.replaceAll(/@(cost|listSize|price|long|key)\([^)]*\)/g, ''));
  return { model: new CostModel(schema, new CostDirectives(parse(supergraphSdl)), costSection.parse(settings)), parser: new OperationParser(schema) };
};
const { model, parser } = modelOf('"@cost", "@listSize"');

async function costOf(query: string, variables: Record<string, unknown> = {}, of = model): Promise<number | string> {
  const operation = await parser.parse(query, undefined);
  try {
    return of.enforce(operation, coerceVariables(of.schema, operation, variables, DEFAULT_LIMITS));
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    return String(error.errors[0]?.extensions.code);
  }
}

describe('the estimated cost', () => {
  it.each<readonly [string, string, number | string, Record<string, unknown>?]>([
    ['leaves are free', '{ word __typename }', 0],
    ['an object is 1', '{ one { id } }', 1],
    ['each alias counts', '{ a: one { id } b: one { id } }', 2],
    ['a mutation starts at 10', 'mutation { set { id } }', 11],
    ['a list is ten of them', '{ many { id } }', 10],
    ['lists multiply', '{ many { items { items { id } } } }', 10 * (1 + 10 * (1 + 10))],
    ['a list of leaves is free', '{ words }', 0],
    ['@cost on a field', '{ dear }', 5],
    ['@cost on a type', '{ one { heavy { n } } }', 1 + 20],
    ['@cost on an enum', '{ one { colour } }', 1 + 2],
    ['assumedSize', '{ five { id } }', 5],
    ['a slicing argument', '{ first(first: 3) { id } }', 3],
    ['a slicing argument in a variable', 'query($n: Int) { first(last: $n) { item { id } } }', 8, { n: 4 }],
    ['a default of the variable', 'query($n: Int = 6) { first(first: $n) { id } }', 6],
    ['none of the slicing arguments', '{ first { id } }', 'SLICING_ARGUMENT_REQUIRED'],
    ['a variable that is not given', 'query($n: Int) { first(first: $n) { id } }', 'SLICING_ARGUMENT_REQUIRED'],
    ['two slicing arguments', '{ first(first: 1, last: 1) { id } }', 'SLICING_ARGUMENT_REQUIRED'],
    ['two where that is allowed: the greater', '{ some(first: 9, last: 2) { id } }', 9],
    ['the default of an argument', '{ some { id } }', 3],
    ['no slicing argument where one is assumed', '{ some(last: null) { id } }', 7],
    ['a negative size buys nothing', '{ first(first: -1000) { id } }', 10],
    ['sizedFields', '{ page(first: 4) { total items { id } } }', 1 + 4],
    ['sizedFields in a fragment', '{ page(first: 4) { ... on Page { items { item { id } } } } }', 1 + 4 * 2],
    ['an input object is 1, and its fields', '{ ask(in: { a: 1, b: { a: 2 } }) }', 1 + 4 + (1 + 4)],
    ['an argument, and an enum as one', '{ ask(x: 1, colour: RED) }', 3 + 2],
    ['null costs nothing', '{ ask(x: null, in: null) }', 0],
    ['a list of input objects', '{ ask(list: [{ a: 1 }, {}]) }', 1 + 4 + 1],
    ['input in a variable', 'query($in: In) { ask(in: $in) }', 1 + 4 + 2, { in: { a: 1, c: 'RED' } }],
    ['a variable within a literal', 'query($a: Int) { ask(in: { a: $a }) }', 1 + 4, { a: 1 }],
    ['the dearest type behind an interface', '{ node { n } }', 1 + 9],
    ['all members of a union', '{ any { ... on Item { item { id } } ... on Heavy { n } } }', 1 + 1],
    ['@skip by a literal', '{ one @skip(if: true) { id } many @include(if: false) { id } }', 0],
    ['@include by a variable, off', 'query($on: Boolean!) { one { id } many @include(if: $on) { id } }', 1, { on: false }],
    ['@include by a variable, on', 'query($on: Boolean!) { one { id } many @include(if: $on) { id } }', 11, { on: true }],
    ['introspection is free', '{ __schema { types { name } } }', 0],
  ])('%s', async (_title, query, cost, variables = {}) => {
    expect(await costOf(query, variables)).toBe(cost);
  });

  it('refuses what is beyond the bound, and what is beyond all numbers', async () => {
    const bounded = modelOf('"@cost", "@listSize"', TYPES, { max: 10 }).model;
    expect([await costOf('{ many { id } }', {}, bounded), await costOf('{ many { id } one { id } }', {}, bounded)]).toEqual([10, 'MAX_COST_EXCEEDED']);
    const huge = (depth: number): string => (depth === 0 ? 'id' : `items { ${huge(depth - 1)} }`);
    expect(await costOf(`{ first(first: 2147483647) { ${huge(20)} } }`)).toBe('MAX_COST_EXCEEDED');
  });

  it('knows the directives by the names they are imported under', async () => {
    const renamed = modelOf('{ name: "@cost", as: "@price" }, { name: "@listSize", as: "@long" }', 'type Query { dear: Int @price(weight: 5) many: [A] @long(assumedSize: 3) } type A { a: Int }');
    const operation = await renamed.parser.parse('{ dear many { a } }', undefined);
    expect(renamed.model.enforce(operation, {})).toBe(8);
  });
});

describe('the actual cost', () => {
  it.each<readonly [string, string, unknown, number]>([
    ['counts what came back', '{ many { items { id } } }', { many: [{ items: [{ id: 1 }, { id: 2 }] }, { items: null }] }, 4],
    ['counts no null', '{ one { id } }', { one: null }, 0],
    ['keeps weights and arguments', '{ dear ask(x: 1) one { heavy { n } colour } }', { dear: 'x', ask: 1, one: { heavy: { n: 1 }, colour: 'RED' } }, 5 + 3 + 1 + 20 + 2],
    ['counts a name once', '{ one { id } ... on Query { one { name } } }', { one: { id: 1, name: 'x' } }, 1],
    ['of a failed answer', 'mutation { set { id } }', null, 10],
  ])('%s', async (_title, query, data, cost) => {
    expect(actualCost(model, await parser.parse(query, undefined), {}, data)).toBe(cost);
  });
});

describe('the estimate of random operations', () => {
  /** Nothing but the definition: objects 1, lists ten times. */
  const naive = (selectionSet: SelectionSetNode, parent: GraphQLCompositeType): number =>
    selectionSet.selections.reduce((sum, node) => {
      if (node.kind !== Kind.FIELD || !('getFields' in parent)) return sum;
      const { type } = parent.getFields()[node.name.value]!;
      const named = getNamedType(type);
      const weight = named.name === 'Heavy' ? 20 : named.name === 'Colour' ? 2 : isCompositeType(named) ? 1 : 0;
      return sum + (isListType(getNullableType(type)) ? 10 : 1) * (weight + (node.selectionSet ? naive(node.selectionSet, named as GraphQLCompositeType) : 0));
    }, 0);

  it('equals the naive twin', async () => {
    for (let seed = 1; seed <= 200; seed++) {
      let state = seed;
      const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
      const fields = (depth: number): string => Array.from({ length: 1 + random(3) }, (_, index) => `f${index}: ${depth === 0 ? 'colour' : ['id', 'colour', 'heavy { n }', `item { ${fields(depth - 1)} }`, `items { ${fields(depth - 1)} }`][random(5)]!}`).join(' ');
      const query = `{ many { ${fields(3)} } one { ${fields(2)} } }`;
      const operation = await parser.parse(query, undefined);
      expect({ seed, cost: model.enforce(operation, {}) }).toEqual({ seed, cost: naive(operation.definition.selectionSet, model.schema.getQueryType()!) });
    }
  });
});
