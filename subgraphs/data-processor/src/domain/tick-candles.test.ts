import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { INTERVALS, intervalStart } from '@mib/model/interval';
import { candleOfTrade, mergeCandles, resample, vwapOf, type Candle } from './candle.ts';
import { coarseStart, sessionClock, UTC_CLOCK, type CandleClock } from './candle-clock.ts';
import { allIntervals } from './live-candles.ts';
import { aggregateTicks, candleOfTicks, type TickColumns } from './tick-candles.ts';
import { calendarOf } from '@mib/model/calendar/trading-calendar';
import { formatDecimal } from '@mib/model/decimal';

const BASE_NS = BigInt(Date.UTC(2024, 0, 5, 13)) * 1_000_000n + 7n;
const WIDE = 2 ** 53 - 1;

const someTicks = fc.array(fc.record({
  offset: fc.oneof(fc.nat(3_000), fc.nat(5_000_000_000), fc.nat(300_000).map((seconds) => seconds * 1e9 + 3)),
  price: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: 1, max: 4_000_000 }), fc.integer({ min: -WIDE, max: WIDE })),
  quantity: fc.oneof(fc.nat(1_000), fc.integer({ min: 0, max: WIDE })),
}), { minLength: 1, maxLength: 60 });

/** Up to some hundred, so that they are summed in more than one part, in order of time or not. */
const anyTicks = fc.tuple(someTicks, fc.integer({ min: 1, max: 9 }), fc.boolean()).map(([ticks, times, ordered]) => {
  const all = Array.from({ length: times }, () => ticks).flat();
  return ordered ? all.sort((a, b) => a.offset - b.offset) : all;
});

describe('candles of ticks in columns', () => {
  it('are those that merging the trades one by one gives, to the last digit, in any order of time', () => {
    fc.assert(fc.property(anyTicks, fc.constantFrom(...INTERVALS), (ticks, interval) => {
      const columns = columnsOf(ticks);
      const kernel = new Map<number, Candle>();
      for (const each of aggregateTicks(columns, (timeMs) => UTC_CLOCK.bucket(interval, timeMs))) {
        const candle = candleOfTicks(columns, each, (row) => row);
        const present = kernel.get(candle.openTimeMs);
        kernel.set(candle.openTimeMs, present ? mergeCandles(present, candle) : candle);
      }
      expect(shown([...kernel.values()])).toEqual(shown(oneByOne(columns, (timeMs) => intervalStart(interval, timeMs))));
    }));
  });

  it('of every interval are the seconds resampled, by UTC and by the sessions of New York', () => {
    fc.assert(fc.property(someTicks, fc.boolean(), (ticks, newYork) => {
      const clock: CandleClock = newYork ? sessionClock(calendarOf('XNYS')) : UTC_CLOCK;
      const columns = columnsOf(ticks);
      const seconds = oneByOne(columns, (timeMs) => intervalStart('S1', timeMs));
      const levels = allIntervals(seconds, clock);
      for (const interval of INTERVALS) {
        const direct = oneByOne(columns, (timeMs) => clock.bucket(interval, timeMs).openTimeMs);
        expect(shown([...levels.get(interval)!])).toEqual(shown(direct));
        expect(shown(resample(seconds, (openTimeMs) => coarseStart(clock, interval, 'S1', openTimeMs)))).toEqual(shown(direct));
      }
    }), { numRuns: 60 });
  });

  it.each([[2 ** 40, 32], [-(2 ** 40), 32], [1, 2 ** 45], [0, WIDE], [3, WIDE - 1]])('sum a thousand ticks of price %d and quantity %d exactly', (price, quantity) => {
    const columns = columnsOf(Array.from({ length: 1_000 }, (_, index) => ({ offset: index, price, quantity })));
    const [candle] = aggregateTicks(columns, (timeMs) => UTC_CLOCK.bucket('D1', timeMs));
    expect(candle).toMatchObject({ trades: 1_000, volume: 1_000n * BigInt(quantity), turnover: 1_000n * BigInt(price) * BigInt(quantity) });
  });

  it('keep a turnover that no double holds', () => {
    const columns = columnsOf(Array.from({ length: 3 }, (_, index) => ({ offset: index, price: WIDE, quantity: WIDE })));
    const [candle] = aggregateTicks(columns, (timeMs) => UTC_CLOCK.bucket('D1', timeMs));
    expect(candle).toMatchObject({ trades: 3, volume: 3n * BigInt(WIDE), turnover: 3n * BigInt(WIDE) ** 2n });
    expect(formatDecimal(vwapOf(candleOfTicks(columns, candle!, (row) => row))!)).toBe('90071992547409.910000000000');
  });
});

function columnsOf(ticks: readonly { offset: number; price: number; quantity: number }[]): TickColumns {
  return {
    offsetsNs: Float64Array.from(ticks.map((tick) => tick.offset)), prices: Float64Array.from(ticks.map((tick) => tick.price)), quantities: Float64Array.from(ticks.map((tick) => tick.quantity)),
    baseTimeNs: BASE_NS, priceScale: 2, quantityScale: 0,
  };
}

function oneByOne({ offsetsNs, prices, quantities, baseTimeNs, priceScale, quantityScale }: TickColumns, startOf: (timeMs: number) => number): Candle[] {
  const candles = new Map<number, Candle>();
  offsetsNs.forEach((offset, row) => {
    const single = candleOfTrade('S1', { timeNs: baseTimeNs + BigInt(offset), sequence: row, price: { units: BigInt(prices[row]!), scale: priceScale }, quantity: { units: BigInt(quantities[row]!), scale: quantityScale } });
    const openTimeMs = startOf(Number((baseTimeNs + BigInt(offset)) / 1_000_000n));
    const present = candles.get(openTimeMs);
    candles.set(openTimeMs, present ? mergeCandles(present, single) : { ...single, openTimeMs });
  });
  return [...candles.values()];
}

function shown(candles: readonly Candle[]): unknown[] {
  return [...candles].sort((a, b) => a.openTimeMs - b.openTimeMs);
}
