import { describe, expect, it } from '@jest/globals';
import { dailyBarsOf } from './events.ts';
import { oneADay } from './forecasting/follow-candles.ts';

const candle = { openTime: '2020-04-17T00:00:00Z', open: '10', high: '12', low: '9.5', close: '11', volume: null, source: 'HISTORY', final: true };
const record = (changes: object, interval = 'D1') => JSON.stringify({ instrumentId: 'A.XSIM', interval, candles: [{ ...candle, ...changes }] });
const bar = { instrumentId: 'A.XSIM', openTimeMs: Date.UTC(2020, 3, 17), source: 'HISTORY', open: '10', high: '12', low: '9.5', close: '11' } as const;

describe('candles from the bus', () => {
  it('become daily bars', () => {
    expect(dailyBarsOf(record({}))).toEqual([bar]);
  });

  it.each([
    ['of another interval', record({}, 'H1')],
    ['that are still forming', record({ final: false })],
    ['with a price below zero', record({ low: '-37.63' })],
  ])('are left out when they are candles %s', (_, text) => {
    expect(dailyBarsOf(text)).toEqual([]);
  });

  it.each([['a float for a price', { close: 11 }], ['a price that is no number', { open: 'x' }], ['an unknown source', { source: 'GUESS' }], ['a date for a time', { openTime: '2020-04-17' }]])('are refused with %s', (_, changes) => {
    expect(() => dailyBarsOf(record(changes))).toThrow();
  });

  it('count once a day: the last word, HISTORY before LIVE', () => {
    const live = { ...bar, source: 'LIVE', close: '11.5' } as const;
    const corrected = { ...bar, close: '11.2' };
    expect(oneADay([live, bar])).toEqual([bar]);
    expect(oneADay([bar, live])).toEqual([bar]);
    expect(oneADay([bar, corrected])).toEqual([corrected]);
  });
});
