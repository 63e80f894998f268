import { describe, expect, it } from '@jest/globals';
import { buildSchema, execute, getOperationAST, parse, type GraphQLFieldResolver } from 'graphql';
import fc from 'fast-check';
import type { JsonObject } from '../execute/json.ts';
import { compileProjector } from './project.ts';
import type { GraphError } from './graph-error.ts';

const SCHEMA = buildSchema(`
  type Query { a: Node b: Node! list: [Node] strict: [Node!] stricter: [Node!]! matrix: [[Int!]] n: Int m: Int! s: String! color: Color id: ID any: Any thing: Thing things: [Thing!] constructor: String }
  type Node { n: Int m: Int! node: Node must: Node! text: String }
  enum Color { RED GREEN }
  scalar Any
  interface Thing { id: ID! }
  type Apple implements Thing { id: ID! seeds: Int! }
  type Pear implements Thing { id: ID! sweet: Boolean }
`);

function project(query: string, data: JsonObject, errors: GraphError[] = []): { data: unknown; errors: GraphError[] } {
  const operation = getOperationAST(parse(query))!;
  const text = compileProjector(operation, { schema: SCHEMA, switches: { yes: true, no: false }, plannerNames: { added: new Set(), mixesTypes: false } })(data, { errors, introspection: {} });
  return { data: JSON.parse(text), errors };
}

describe('projection', () => {
  const missing = 'INVALID_RESPONSE';
  it.each([
    ['a nullable field stays null', '{ a { n } }', { a: { n: null } }, { a: { n: null } }, []],
    ['a missing nullable field is null', '{ a { n } }', { a: {} }, { a: { n: null } }, []],
    ['a null bubbles to the nullable parent', '{ a { m } n }', { a: { m: null }, n: 1 }, { a: null, n: 1 }, [['a', 'm']]],
    ['a null bubbles through non-null parents', '{ a { must { must { m } } } n }', { a: { must: { must: {} } }, n: 1 }, { a: null, n: 1 }, [['a', 'must', 'must', 'm']]],
    ['a null bubbles to the root', '{ b { m } n }', { b: { m: null }, n: 1 }, null, [['b', 'm']]],
    ['a null element of a nullable list stays', '{ list { m } }', { list: [{ m: 1 }, { m: null }] }, { list: [{ m: 1 }, null] }, [['list', 1, 'm']]],
    ['a null element of a strict list takes the list', '{ strict { m } n }', { strict: [{ m: 1 }, { m: null }], n: 1 }, { strict: null, n: 1 }, [['strict', 1, 'm']]],
    ['a strict list that must be there takes the root', '{ stricter { m } }', { stricter: [null] }, null, [['stricter', 0]]],
    ['a list in a list', '{ matrix }', { matrix: [[1, 2], [3, null], null] }, { matrix: [[1, 2], null, null] }, [['matrix', 1, 1]]],
    ['a wrong Int', '{ n }', { n: 'x' }, { n: null }, [['n']]],
    ['a fractional Int', '{ n m }', { n: 1.5, m: 2 }, { n: null, m: 2 }, [['n']]],
    ['an Int beyond 32 bits', '{ n m }', { n: 2147483648, m: -2147483648 }, { n: null, m: -2147483648 }, [['n']]],
    ['a wrong non-null Int', '{ m }', { m: 'x' }, null, [['m']]],
    ['an unknown enum value', '{ color }', { color: 'BLUE' }, { color: null }, [['color']]],
    ['an ID given as a number', '{ id }', { id: 7 }, { id: '7' }, []],
    ['a custom scalar of any shape', '{ any }', { any: { x: [1, null, 'y'] } }, { any: { x: [1, null, 'y'] } }, []],
    ['an object where a list was promised', '{ list { n } }', { list: {} }, { list: null }, [['list']]],
    ['a list where an object was promised', '{ a { n } }', { a: [] }, { a: null }, [['a']]],
    ['a type of an interface', '{ thing { __typename id ... on Apple { seeds } ... on Pear { sweet } } }', { thing: { __typename: 'Apple', id: '1', seeds: 5, sweet: true } }, { thing: { __typename: 'Apple', id: '1', seeds: 5 } }, []],
    ['a type that no client may see', '{ thing { id } }', { thing: { __typename: 'Hidden', id: '1' } }, { thing: null }, [['thing']]],
    ['an interface object without its type', '{ thing { id ... on Apple { seeds } } }', { thing: { id: '1' } }, { thing: { id: '1' } }, []],
    ['@skip and @include', '{ n @skip(if: $yes) m @include(if: $yes) s @include(if: $no) }', { n: 1, m: 2, s: 'x' }, { m: 2 }, []],
    ['the same field twice', '{ a { n } a { m node { n } } }', { a: { n: 1, m: 2, node: { n: 3 } } }, { a: { n: 1, m: 2, node: { n: 3 } } }, []],
    ['a field that every JavaScript object has', '{ constructor }', {}, { constructor: null }, []],
    ['text that needs escapes', '{ s }', { s: 'a"b\\c\nd\u2028e\ud800f' }, { s: 'a"b\\c\nd\u2028e\ud800f' }, []],
  ] as const)('%s', (_title, query, data, expected, paths) => {
    const { data: projected, errors } = project(query, data as unknown as JsonObject);
    expect(projected).toEqual(expected);
    expect(errors.map(({ path, extensions }) => ({ path, code: extensions.code }))).toEqual(paths.map((path) => ({ path: [...path], code: missing })));
  });

  it('adds no second error where one explains the null', () => {
    const explained: GraphError = { message: 'down', path: ['a', 'must'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } };
    expect(project('{ a { must { m } } }', { a: {} }, [explained])).toEqual({ data: { a: null }, errors: [explained] });
  });

  it('agrees with graphql-js on any data', () => {
    const node: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
      node: fc.oneof({ maxDepth: 3 }, fc.constant(null), fc.record({ n: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(null)), m: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(null)), text: fc.oneof(fc.string({ unit: 'binary' }), fc.constant(null)), node: tie('node'), must: tie('node') }, { requiredKeys: [] })),
    }))['node']!;
    const list = fc.oneof(fc.constant(null), fc.array(node, { maxLength: 3 }));
    const query = '{ a { ...N } b { ...N } list { ...N } strict { ...N } stricter { ...N } } fragment N on Node { n m text node { m node { n } } must { m text } }';
    const inlined = query.slice(0, query.indexOf('fragment')).replaceAll('...N', 'n m text node { m node { n } } must { m text }');
    fc.assert(
      fc.property(fc.record({ a: node, b: node, list, strict: list, stricter: list }), (data) => {
        const missingIsNull: GraphQLFieldResolver<Record<string, unknown>, unknown> = (source, _args, _context, info) => source[info.fieldName] ?? null;
        const oracle = execute({ schema: SCHEMA, document: parse(query), rootValue: data, fieldResolver: missingIsNull }) as { data?: unknown; errors?: unknown[] };
        const ours = project(inlined, data as JsonObject);
        expect(ours.data).toEqual(JSON.parse(JSON.stringify(oracle.data)));
        expect(ours.errors.length > 0).toBe((oracle.errors?.length ?? 0) > 0);
      }),
    );
  });
});
