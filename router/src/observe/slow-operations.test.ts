import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { OperationParser, type Operation } from '../parse/operation.ts';
import type { SeenOperation } from './observer.ts';
import { createSlowOperationLog } from './slow-operations.ts';

const parser = new OperationParser(buildSchema('type Query { product(upc: ID!): String }'));
const operation = parser.parse('query Slow { product(upc: "secret") }', undefined) as Operation;
const SEEN: SeenOperation = { label: 'other', operation, outcome: 'ok', code: undefined, ms: 120.00049, stagesMs: { parse: 0.5, execute: 119.12345 }, fetches: 3, traceId: undefined };

function startLog(thresholdMs: number) {
  const lines: unknown[][] = [];
  return { lines, log: createSlowOperationLog({ warn: (...line: unknown[]) => void lines.push(line) }, thresholdMs) };
}

describe('the log of slow operations', () => {
  it('says what it was by name and hash, where the time went, and nothing that was asked for', () => {
    const { lines, log } = startLog(100);
    log(SEEN);
    const fields = { kind: 'query', operation: 'Slow', hash: expect.stringMatching(/^[0-9a-f]{64}$/), outcome: 'ok', code: undefined, ms: 120, stagesMs: { parse: 0.5, execute: 119.123 }, fetches: 3, traceId: undefined };
    expect(lines).toEqual([[fields, 'slow operation']]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it.each([
    [100, 99.9, 0],
    [100, 100, 1],
    [0, 100_000, 0],
  ])('at a threshold of %d ms writes of one of %d ms so many lines: %d', (thresholdMs, ms, count) => {
    const { lines, log } = startLog(thresholdMs);
    log({ ...SEEN, ms });
    expect(lines).toHaveLength(count);
  });

  it('gives ten examples a second when everything is slow', () => {
    const { lines, log } = startLog(100);
    for (let index = 0; index < 1_000; index++) log(SEEN);
    // The second may turn in between.
    expect([10, 20]).toContain(lines.length);
  });
});
