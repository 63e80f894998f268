// Policies, closed values in arguments, and a naive oracle: it walks each random operation and knows nothing of caches,
// numbers or variants.

import { describe, expect, it } from '@jest/globals';
import { composeServices } from '@apollo/composition';
import { buildSchema, getNamedType, Kind, parse, print, type GraphQLObjectType, type SelectionSetNode } from 'graphql';
import { OperationParser } from '../parse/operation.ts';
import { Authorizer } from './authorize.ts';
import { Requirements, type Caller } from './requirements.ts';

const TYPES = `
  type Query { open: Int doc: Doc any: Any p: Int @policy(policies: [["p"]]) pq: Int @policy(policies: [["p", "q"], ["r"]]) find(role: Role, in: In, ins: [In]): Node node: Node }
  type Mutation { touch(in: In): Int }
  type Node { id: Int a: Int @requiresScopes(scopes: [["a"]]) b: Int @requiresScopes(scopes: [["b"]]) user: Int @authenticated p: Int @policy(policies: [["p"]]) node: Node nodes: [Node] closed: Closed }
  type Closed @requiresScopes(scopes: [["closed"]]) { id: Int node: Node }
  type Doc { text: String }
  union Any = Doc | Closed
  enum Role @requiresScopes(scopes: [["admin"]]) { ADMIN }
  scalar Stamp @authenticated
  input In { role: Role stamp: Stamp in: In plain: Int }`;
const { supergraphSdl, errors } = composeServices([{ name: 's', url: 'http://s', typeDefs: parse(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated", "@requiresScopes", "@policy"]) ${TYPES}`) }]);
if (supergraphSdl === undefined) throw new Error(errors?.join('\n'));
const schema = buildSchema(TYPES.replaceAll(/@authenticated|@(requiresScopes|policy)\([^)]*\)/g, ''));
const parser = new OperationParser(schema);
const authorizer = new Authorizer(schema, new Requirements(parse(supergraphSdl), { policies: { q: { roles: ['boss'], scopes: ['q:use'] } } }));

const caller = (given: { scopes?: string[]; roles?: string[]; policies?: string[] } = {}): Caller => ({ viewer: { kind: 'user', userId: 'u', roles: given.roles ?? [], scopes: given.scopes ?? [] }, policies: given.policies ?? [] });
const nobody: Caller = { viewer: { kind: 'anonymous' }, policies: [] };
const refusedOf = async (query: string, by: Caller, variables: Record<string, unknown> = {}) => authorizer.authorize(await parser.parse(query, undefined), by, variables).errors.map(({ path }) => path!.join('.'));

describe('policies', () => {
  it.each<readonly [string, Caller, readonly string[]]>([
    ['nobody has one', nobody, ['p', 'pq']],
    ['a user has none by itself', caller(), ['p', 'pq']],
    ['a claim grants one', caller({ policies: ['p'] }), ['pq']],
    ['a rule grants one by role', caller({ policies: ['p'], roles: ['boss'] }), []],
    ['a rule grants one by scope', caller({ policies: ['p'], scopes: ['q:use'] }), []],
    ['one of several choices is enough', caller({ policies: ['r'] }), ['p']],
    ['an anonymous caller cannot bring one', { ...nobody, policies: ['p', 'r'] }, ['p', 'pq']],
    ['the name of a prototype is none', caller({ policies: ['constructor'] }), ['p', 'pq']],
  ])('%s', async (_title, by, refused) => {
    expect(await refusedOf('{ open p pq }', by)).toEqual(refused);
  });
});

describe('closed values in arguments', () => {
  const QUERY = 'query($role: Role, $in: In, $ins: [In]) { open a: find(role: $role) { id } b: find(in: $in) { id } c: find(ins: $ins) { id } }';
  it.each<readonly [string, string, Record<string, unknown>, Caller, readonly string[]]>([
    ['nothing given closes nothing', QUERY, {}, nobody, []],
    ['null is nothing', QUERY, { role: null }, nobody, []],
    ['a literal', '{ find(role: ADMIN) { id } }', {}, caller(), ['find']],
    ['a literal, allowed', '{ find(role: ADMIN) { id } }', {}, caller({ scopes: ['admin'] }), []],
    ['a variable', QUERY, { role: 'ADMIN' }, caller(), ['a']],
    ['a field of an input type that is not used', QUERY, { in: { plain: 1 } }, nobody, []],
    ['a field of an input type', QUERY, { in: { role: 'ADMIN' } }, caller(), ['b']],
    ['deep in an input type', QUERY, { in: { in: { in: { stamp: 1 } } } }, nobody, ['b']],
    ['deep in an input type, allowed', QUERY, { in: { in: { in: { stamp: 1 } } } }, caller(), []],
    ['in a list', QUERY, { ins: [{}, { role: 'ADMIN' }] }, caller(), ['c']],
    ['a variable within a literal', 'query($role: Role) { find(in: { in: { role: $role } }) { id } }', { role: 'ADMIN' }, caller(), ['find']],
    ['a mutation', 'mutation { touch(in: { role: ADMIN }) }', {}, caller(), ['touch']],
  ])('%s', async (_title, query, variables, by, refused) => {
    expect(await refusedOf(query, by, variables)).toEqual(refused);
  });

  it('is judged anew for each request', async () => {
    for (const [role, refused] of [['ADMIN', ['a']], [undefined, []], ['ADMIN', ['a']]] as const) expect(await refusedOf(QUERY, caller(), { role })).toEqual(refused);
  });
});

describe('fragments on a closed type', () => {
  it('tell not even its name', async () => {
    expect(await refusedOf('{ any { __typename ... on Doc { text } ... on Closed { __typename } } }', caller())).toEqual(['any.__typename']);
    expect(await refusedOf('{ any { ... on Closed { __typename } } }', caller({ scopes: ['closed'] }))).toEqual([]);
  });
});

describe('random operations', () => {
  const needs: Readonly<Record<string, (by: Caller) => boolean>> = {
    'Node.a': ({ viewer }) => viewer.kind !== 'anonymous' && viewer.scopes.includes('a'),
    'Node.b': ({ viewer }) => viewer.kind !== 'anonymous' && viewer.scopes.includes('b'),
    'Node.user': ({ viewer }) => viewer.kind !== 'anonymous',
    'Node.p': ({ viewer, policies }) => viewer.kind !== 'anonymous' && policies.includes('p'),
    'Node.closed': ({ viewer }) => viewer.kind !== 'anonymous' && viewer.scopes.includes('closed'),
  };
  const naive = (selectionSet: SelectionSetNode, type: GraphQLObjectType, by: Caller): string => {
    const kept = selectionSet.selections.flatMap((node) => {
      if (node.kind !== Kind.FIELD || !(needs[`${type.name}.${node.name.value}`]?.(by) ?? true)) return [];
      const inner = node.selectionSet ? ` ${naive(node.selectionSet, getNamedType(type.getFields()[node.name.value]!.type) as GraphQLObjectType, by)}` : '';
      return [`${node.alias ? `${node.alias.value}: ` : ''}${node.name.value}${inner}`];
    });
    return `{ ${kept.length === 0 ? '__typename' : kept.join(' ')} }`;
  };

  it('are cut as the naive oracle cuts them', async () => {
    const callers = [nobody, caller(), caller({ scopes: ['a'] }), caller({ scopes: ['b', 'closed'] }), caller({ policies: ['p'], scopes: ['a', 'b'] })];
    for (let seed = 1; seed <= 150; seed++) {
      let state = seed;
      const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
      const fields = (depth: number): string => Array.from({ length: 1 + random(3) }, (_, index) => `f${index}: ${['id', 'a', 'b', 'user', 'p', `node { ${depth > 0 ? fields(depth - 1) : 'a'} }`, `nodes { ${depth > 0 ? fields(depth - 1) : 'user'} }`, `closed { id node { ${depth > 0 ? fields(depth - 1) : 'p'} } }`][random(8)]!}`).join(' ');
      const operation = await parser.parse(`{ open node { ${fields(3)} } }`, undefined);
      for (const by of callers) {
        const permitted = authorizer.authorize(operation, by, {});
        expect({ seed, left: print(permitted.document) }).toEqual({ seed, left: print(parse(naive(operation.definition.selectionSet, schema.getQueryType()!, by))) });
      }
    }
  });
});
