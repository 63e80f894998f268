import { describe, expect, it } from '@jest/globals';
import { RequestRefused } from '../respond/graph-error.ts';
import { enforceVariableLimits } from './variable-limits.ts';

const limits = { maxVariableValues: 100, maxVariableDepth: 5 };
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

function codeOf(variables: Record<string, unknown>): string {
  try {
    enforceVariableLimits(variables, limits);
    return 'OK';
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    return String(error.errors[0]?.extensions.code);
  }
}

describe('limits of variables', () => {
  it.each<readonly [string, Record<string, unknown>, string]>([
    ['nothing', {}, 'OK'],
    ['the longest list', { a: Array.from({ length: 99 }) }, 'OK'],
    ['one element more', { a: Array.from({ length: 100 }) }, 'MAX_VARIABLES_EXCEEDED'],
    ['many small ones', Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`v${index}`, [1]])), 'MAX_VARIABLES_EXCEEDED'],
    ['the deepest', { a: nested(4) }, 'OK'],
    ['one deeper', { a: nested(5) }, 'MAX_VARIABLES_EXCEEDED'],
    ['deeper than the stack', { a: JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown }, 'MAX_VARIABLES_EXCEEDED'],
    ['a number beyond range', JSON.parse('{"a":{"b":[1e999]}}') as Record<string, unknown>, 'BAD_USER_INPUT'],
  ])('%s', (_title, variables, code) => {
    expect(codeOf(variables)).toBe(code);
  });
});
