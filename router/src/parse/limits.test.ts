import { describe, expect, it } from '@jest/globals';
import { buildSchema, getIntrospectionQuery } from 'graphql';
import { RequestRefused } from '../respond/graph-error.ts';
import { DEFAULT_LIMITS } from './limits-config.ts';
import { OperationParser } from './operation.ts';

const { maxAliases: MAX_ALIASES, maxDepth: MAX_DEPTH, maxFields: MAX_FIELDS, maxRootFields: MAX_ROOT_FIELDS, maxTokens: MAX_TOKENS } = DEFAULT_LIMITS;
const schema = buildSchema('type Query { a: Node b(x: [Int]): Int } type Node { node: Node n: Int }');
const parser = new OperationParser(schema);
const closedParser = new OperationParser(schema, { ...DEFAULT_LIMITS, introspection: false });
const repeat = (count: number, part: (index: number) => string): string => Array.from({ length: count }, (_, index) => part(index)).join(' ');
const nested = (depth: number): string => `{ a ${'{ node '.repeat(depth - 2)}{ n }${' }'.repeat(depth - 2)} }`;
/** Each fragment spreads the next one twice: two to the power of `count` fields in a few lines. */
const bomb = (count: number): string => `{ a { ...F0 } } ${repeat(count, (index) => `fragment F${index} on Node { ${index === count - 1 ? 'n' : `node { ...F${index + 1} } ...F${index + 1}`} }`)}`;

function codeOf(query: string, by = parser): string {
  try {
    by.parse(query, query.includes('query One') ? 'One' : undefined);
    return 'OK';
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    return String(error.errors[0]?.extensions.code);
  }
}

describe('limits of an operation', () => {
  it.each([
    ['an ordinary query', '{ a { n } }', 'OK'],
    ['the deepest', nested(MAX_DEPTH), 'OK'],
    ['one deeper', nested(MAX_DEPTH + 1), 'MAX_DEPTH_EXCEEDED'],
    ['the most root fields', `{ ${repeat(MAX_ROOT_FIELDS, (index) => `b${index}: b`)} }`, 'OK'],
    ['one root field more', `{ ${repeat(MAX_ROOT_FIELDS + 1, (index) => `b${index}: b`)} }`, 'MAX_ROOT_FIELDS_EXCEEDED'],
    ['the same field again and again', `{ ${repeat(MAX_ROOT_FIELDS + 1, () => 'b')} }`, 'MAX_ROOT_FIELDS_EXCEEDED'],
    ['the most aliases', `{ a { ${repeat(MAX_ALIASES, (index) => `n${index}: n`)} } }`, 'OK'],
    ['one alias more', `{ a { ${repeat(MAX_ALIASES + 1, (index) => `n${index}: n`)} } }`, 'MAX_ALIASES_EXCEEDED'],
    ['too many fields', `{ a { ${repeat(MAX_FIELDS, () => 'n')} } }`, 'MAX_FIELDS_EXCEEDED'],
    ['too many tokens', `{ ${repeat(MAX_TOKENS, () => 'b')} }`, 'MAX_TOKENS_EXCEEDED'],
    ['a bomb of fragments', bomb(25), 'MAX_FIELDS_EXCEEDED'],
    ['a wide operation beside the one asked for', `query One { b } query Two { a { ${repeat(MAX_FIELDS, () => 'n')} } }`, 'MAX_FIELDS_EXCEEDED'],
    ['a wide fragment that nobody spreads', `{ b } fragment F on Node { ${repeat(MAX_FIELDS + 1, () => 'n')} }`, 'MAX_FIELDS_EXCEEDED'],
    ['the most directives', `{ a { ${repeat(DEFAULT_LIMITS.maxDirectives, () => 'n @skip(if: false)')} } }`, 'OK'],
    ['one directive more', `{ a { ${repeat(DEFAULT_LIMITS.maxDirectives + 1, () => 'n @skip(if: false)')} } }`, 'MAX_DIRECTIVES_EXCEEDED'],
    ['directives on a spread, counted per use', `{ a { ${repeat(101, () => '...F')} } } fragment F on Node { n @skip(if: false) node @skip(if: false) { n } }`, 'MAX_DIRECTIVES_EXCEEDED'],
    ['inline fragments within each other', `{ ${'... { '.repeat(150)} b ${' }'.repeat(150)} }`, 'MAX_DEPTH_EXCEEDED'],
    ['fragments one behind the other', `{ a { ...F0 } } ${repeat(150, (index) => `fragment F${index} on Node { ${index === 149 ? 'n' : `...F${index + 1}`} }`)}`, 'MAX_DEPTH_EXCEEDED'],
    ['more brackets than the stack holds', `{ a ${'{ node '.repeat(3_000)}{ n }${' }'.repeat(3_000)} }`, 'MAX_DEPTH_EXCEEDED'],
    ['lists within lists', `{ b(x: ${'['.repeat(4_000)}${']'.repeat(4_000)}) }`, 'MAX_DEPTH_EXCEEDED'],
    ['brackets in comments and strings', `{ b } # ${'{'.repeat(500)}\n# "\n`, 'OK'],
    ['a string of brackets', `{ b(x: "${'{\\"'.repeat(500)}") }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['a block string of brackets', `{ b(x: """${'{ " \\"""'.repeat(500)}""") }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['a string without an end', `{ b(x: "${'{'.repeat(500)}`, 'GRAPHQL_PARSE_FAILED'],
    ['the introspection query of tools', getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true, specifiedByUrl: true, directiveIsRepeatable: true, oneOf: true }), 'OK'],
    ['introspection in depth', `{ __schema { types { ${'ofType { '.repeat(20)} name ${'} '.repeat(20)} } } }`, 'MAX_DEPTH_EXCEEDED'],
    ['introspection in breadth', '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['fragments in a circle', '{ a { ...F } } fragment F on Node { node { ...F } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['no text', '', 'GRAPHQL_PARSE_FAILED'],
    ['only a fragment', 'fragment F on Node { n }', 'OPERATION_RESOLUTION_FAILURE'],
  ])('%s: %#', (_title, query, code) => {
    expect(codeOf(query)).toBe(code);
  });

  it.each([
    ['the schema', '{ __schema { queryType { name } } }', 'INTROSPECTION_DISABLED'],
    ['a type, in a fragment', '{ ...F } fragment F on Query { x: __type(name: "Node") { name } }', 'INTROSPECTION_DISABLED'],
    ['the name of what was asked for', '{ __typename a { __typename } }', 'OK'],
  ])('tells, where introspection is off, of %s', (_title, query, code) => {
    expect(codeOf(query, closedParser)).toBe(code);
  });

  it('refuses a bomb quickly', () => {
    const startedMs = performance.now();
    expect(codeOf(bomb(29))).toBe('MAX_FIELDS_EXCEEDED');
    expect(performance.now() - startedMs).toBeLessThan(500);
  });

  it('gives operations that differ in white space, comments or fragments the same key', async () => {
    const one = await parser.parse('{ a { ...F } } fragment F on Node { n }', undefined);
    const two = await parser.parse('query {\n  # comment\n  a { ... on Node { n } }\n}', undefined);
    expect(one.key).toBe(two.key);
  });
});
