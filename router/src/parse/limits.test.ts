import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { RequestRefused } from '../respond/graph-error.ts';
import { DEFAULT_LIMITS } from './limits-config.ts';
import { OperationParser } from './operation.ts';

const { maxAliases: MAX_ALIASES, maxDepth: MAX_DEPTH, maxFields: MAX_FIELDS, maxRootFields: MAX_ROOT_FIELDS, maxTokens: MAX_TOKENS } = DEFAULT_LIMITS;
const parser = new OperationParser(buildSchema('type Query { a: Node b: Int } type Node { node: Node n: Int }'));
const repeat = (count: number, part: (index: number) => string): string => Array.from({ length: count }, (_, index) => part(index)).join(' ');
const nested = (depth: number): string => `{ a ${'{ node '.repeat(depth - 2)}{ n }${' }'.repeat(depth - 2)} }`;
/** Each fragment spreads the next one twice: two to the power of `count` fields in a few lines. */
const bomb = (count: number): string => `{ a { ...F0 } } ${repeat(count, (index) => `fragment F${index} on Node { ${index === count - 1 ? 'n' : `node { ...F${index + 1} } ...F${index + 1}`} }`)}`;

function codeOf(query: string, operationName?: string): string {
  try {
    parser.parse(query, operationName);
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
    ['fragments in a circle', '{ a { ...F } } fragment F on Node { node { ...F } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['no text', '', 'GRAPHQL_PARSE_FAILED'],
    ['only a fragment', 'fragment F on Node { n }', 'OPERATION_RESOLUTION_FAILURE'],
  ])('%s: %#', (_title, query, code) => {
    expect(codeOf(query)).toBe(code);
  });

  it('refuses a bomb quickly', () => {
    const startedMs = performance.now();
    expect(codeOf(bomb(29))).toBe('MAX_FIELDS_EXCEEDED');
    expect(performance.now() - startedMs).toBeLessThan(500);
  });

  it('gives operations that differ in white space, comments or fragments the same key', () => {
    const one = parser.parse('{ a { ...F } } fragment F on Node { n }', undefined);
    const two = parser.parse('query {\n  # comment\n  a { ... on Node { n } }\n}', undefined);
    expect(one.key).toBe(two.key);
  });
});
