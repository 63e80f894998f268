import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { INTERVALS, intervalStart, nests, nextIntervalStart } from './interval.ts';

const times = fc.integer({ min: Date.UTC(1960, 0), max: Date.UTC(2100, 0) });

describe('an interval', () => {
  it.each([
    ['M5', '2020-04-17T20:03:59.999Z', '2020-04-17T20:00:00.000Z'],
    ['D1', '2020-04-17T23:59:59.999Z', '2020-04-17T00:00:00.000Z'],
    ['W1', '2020-04-19T23:59:59.999Z', '2020-04-13T00:00:00.000Z'],
    ['MO1', '2020-02-29T12:00:00.000Z', '2020-02-01T00:00:00.000Z'],
  ] as const)('%s puts %s into the candle of %s', (interval, time, expected) => {
    expect(new Date(intervalStart(interval, Date.parse(time))).toISOString()).toBe(expected);
  });

  it('contains every time in exactly one candle', () => {
    fc.assert(
      fc.property(fc.constantFrom(...INTERVALS), times, (interval, time) => {
        const start = intervalStart(interval, time);
        const next = nextIntervalStart(interval, time);
        expect(start <= time && time < next).toBe(true);
        expect(intervalStart(interval, start)).toBe(start);
        expect(intervalStart(interval, next)).toBe(next);
      }),
    );
  });

  it('never splits a nested candle over two coarse ones', () => {
    fc.assert(
      fc.property(fc.constantFrom(...INTERVALS), fc.constantFrom(...INTERVALS), times, (fine, coarse, time) => {
        fc.pre(nests(fine, coarse));
        const last = nextIntervalStart(fine, time) - 1;
        expect(intervalStart(coarse, intervalStart(fine, time))).toBe(intervalStart(coarse, last));
      }),
    );
  });
});
