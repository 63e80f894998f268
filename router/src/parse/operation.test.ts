// New documents: small ones are checked between two requests, large ones elsewhere and once; none while others wait.

import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import type { InvalidPlace } from '../plan/planner.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { DEFAULT_LIMITS } from './limits-config.ts';
import { OperationParser, type ColdWork, type Operation } from './operation.ts';

const schema = buildSchema('type Query { a: Int b: Int c: Query }');
const SMALL = 'query Small { a }';
const LARGE = `query Large { c { ${'b '.repeat(1_000)} } }`;

function parserWith(validate: ColdWork['validate'], refuseIfFull: ColdWork['refuseIfFull'] = () => undefined): OperationParser {
  return new OperationParser(schema, DEFAULT_LIMITS, { validate, refuseIfFull });
}

describe('a new document', () => {
  it('is checked at once when it is small', () => {
    const parser = parserWith(() => Promise.reject(new Error('not asked')));
    expect(parser.parse(SMALL, undefined)).toMatchObject({ kind: 'query', key: 'query Small{a}' });
  });

  it('is checked elsewhere when it is large, once for all that bring it', async () => {
    let asked = 0;
    let answer: (errors: readonly InvalidPlace[]) => void = () => undefined;
    const parser = parserWith(() => {
      asked++;
      return new Promise((resolve) => (answer = resolve));
    });
    const both = [parser.parse(LARGE, undefined), parser.parse(LARGE, 'Large')];
    answer([]);
    expect(await Promise.all(both)).toEqual([expect.objectContaining({ name: 'Large' }), expect.objectContaining({ name: 'Large' })]);
    expect(asked).toBe(1);
    expect(parser.parse(LARGE, undefined)).toMatchObject({ name: 'Large' });
  });

  it('is refused with what was found elsewhere', async () => {
    const parser = parserWith(async () => [{ message: 'no', locations: [{ line: 1, column: 2 }] }]);
    await expect(parser.parse(LARGE, undefined)).rejects.toMatchObject({ status: 400, errors: [{ message: 'no', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
  });

  it('is refused unread while too many others wait, and known ones are served', () => {
    let isFull = false;
    const parser = parserWith(async () => [], () => {
      if (isFull) throw RequestRefused.because(503, 'PLANNING_OVERLOADED', 'full');
    });
    const known = parser.parse(SMALL, undefined);
    isFull = true;
    expect(() => parser.parse('{ not even GraphQL', undefined)).toThrow('full');
    expect(parser.parse(SMALL, undefined)).toBe(known);
  });

  it('with one operation is the same with and without its name', () => {
    const parser = parserWith(async () => []);
    expect(parser.parse(SMALL, undefined)).toBe(parser.parse(SMALL, 'Small') as Operation);
  });
});
