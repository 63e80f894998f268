import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Interval } from '@mib/model/interval';
import { INTERVALS, intervalStart, nests } from '@mib/model/interval';
import { compareDecimals, formatDecimal, multiplyDecimals, parseDecimal } from '@mib/model/decimal';
import type { Candle, Trade } from './candle.ts';
import { candleOfBar, candleOfTrade, mergeCandles, resample, sameFigures, timeMsOf, vwapOf } from './candle.ts';

const START_NS = BigInt(Date.UTC(2026, 10, 22)) * 1_000_000n;

/** Trades over some weeks, several within one nanosecond, sequence numbers in order of arrival but times in any. */
const tapes = fc
  .array(
    fc.record({
      offsetNs: fc.oneof(fc.bigInt({ min: 0n, max: 5_000_000_000n }), fc.bigInt({ min: 0n, max: 40n * 86_400n * 1_000_000_000n })),
      price: fc.integer({ min: 1, max: 1_000 }),
      quantity: fc.integer({ min: 1, max: 1_000 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((prints) => prints.map(({ offsetNs, price, quantity }, index): Trade => ({ timeNs: START_NS + offsetNs, sequence: index + 1, price: decimal(price, 2), quantity: decimal(quantity, 3) })));

describe('a candle', () => {
  it('is what a naive twin computes from its trades, for every interval', () => {
    fc.assert(
      fc.property(tapes, fc.constantFrom(...INTERVALS), (trades, interval) => {
        expect(shown(aggregate(trades, interval))).toEqual(shown(naive(trades, interval)));
      }),
    );
  });

  it('does not depend on the order or the batches in which trades arrive', () => {
    fc.assert(
      fc.property(tapes.chain((trades) => fc.tuple(fc.constant(trades), fc.shuffledSubarray(trades, { minLength: trades.length }), fc.nat(trades.length))), fc.constantFrom(...INTERVALS), ([trades, shuffled, cut], interval) => {
        const early = aggregate(shuffled.slice(0, cut), interval);
        const late = aggregate(shuffled.slice(cut), interval);
        expect(shown(resample([...early, ...late], (openTimeMs) => intervalStart(interval, openTimeMs)))).toEqual(shown(aggregate(trades, interval)));
      }),
    );
  });

  it('resampled from a finer interval equals the one aggregated directly', () => {
    fc.assert(
      fc.property(tapes, fc.constantFrom(...INTERVALS), fc.constantFrom(...INTERVALS), (trades, fine, coarse) => {
        fc.pre(nests(fine, coarse));
        expect(shown(resample(aggregate(trades, fine), (openTimeMs) => intervalStart(coarse, openTimeMs)))).toEqual(shown(aggregate(trades, coarse)));
      }),
    );
  });

  it('begins a new one exactly at the boundary', () => {
    const boundary = START_NS + 60_000_000_000n;
    const trades = [boundary - 1n, boundary].map((timeNs, index) => ({ timeNs, sequence: index + 1, price: decimal(100, 0), quantity: decimal(1, 0) }));
    expect(aggregate(trades, 'M1').map((candle) => candle.openTimeMs)).toEqual([timeMsOf(START_NS), timeMsOf(boundary)]);
  });

  it('has the exact turnover and a vwap rounded to 12 decimals', () => {
    const trades = [['100.01', '1'], ['100.02', '2']].map(([price, quantity], index) => ({ timeNs: START_NS, sequence: index + 1, price: parseDecimal(price!), quantity: parseDecimal(quantity!) }));
    const [candle] = aggregate(trades, 'M1');
    expect(formatDecimal(candle!.turnover!)).toBe('300.05');
    expect(formatDecimal(vwapOf(candle!)!)).toBe('100.016666666667');
  });

  it('of bars keeps unknown volume unknown and never invents trades or a vwap', () => {
    const bar = { openTimeMs: 0, open: decimal(1, 0), high: decimal(3, 0), low: decimal(1, 0), close: decimal(2, 0), volume: decimal(5, 0) };
    const second = { ...bar, openTimeMs: 86_400_000, close: decimal(3, 0), volume: null };
    const [month] = resample([candleOfBar(bar), candleOfBar(second)], (openTimeMs) => intervalStart('MO1', openTimeMs));
    expect(month).toMatchObject({ volume: null, trades: null, turnover: null, open: bar.open, close: second.close });
    expect(vwapOf(candleOfBar(bar))).toBeNull();
  });

  it('has the same figures however its decimals are spelt', () => {
    const bar = { openTimeMs: 0, open: decimal(15, 1), high: decimal(15, 1), low: decimal(15, 1), close: decimal(15, 1), volume: null };
    expect(sameFigures(candleOfBar(bar), candleOfBar({ ...bar, close: decimal(150, 2) }))).toBe(true);
    expect(sameFigures(candleOfBar(bar), candleOfBar({ ...bar, close: decimal(151, 2) }))).toBe(false);
    expect(sameFigures(candleOfBar(bar), candleOfBar({ ...bar, volume: decimal(0, 0) }))).toBe(false);
  });
});

function aggregate(trades: readonly Trade[], interval: Interval): Candle[] {
  const candles = new Map<number, Candle>();
  for (const candle of trades.map((trade) => candleOfTrade(interval, trade))) {
    const present = candles.get(candle.openTimeMs);
    candles.set(candle.openTimeMs, present ? mergeCandles(present, candle) : candle);
  }
  return [...candles.values()];
}

/** The definition, word by word: filter, sort, take the ends. */
function naive(trades: readonly Trade[], interval: Interval): Candle[] {
  const starts = [...new Set(trades.map((trade) => intervalStart(interval, timeMsOf(trade.timeNs))))];
  return starts.map((openTimeMs) => {
    const inside = trades
      .filter((trade) => intervalStart(interval, timeMsOf(trade.timeNs)) === openTimeMs)
      .sort((a, b) => Number(a.timeNs - b.timeNs) || a.sequence - b.sequence);
    const byPrice = [...inside].sort((a, b) => compareDecimals(a.price, b.price));
    const [first, last] = [inside[0]!, inside.at(-1)!];
    return {
      openTimeMs,
      open: first.price,
      close: last.price,
      low: byPrice[0]!.price,
      high: byPrice.at(-1)!.price,
      volume: { units: inside.reduce((sum, trade) => sum + trade.quantity.units, 0n), scale: 3 },
      turnover: { units: inside.reduce((sum, trade) => sum + multiplyDecimals(trade.price, trade.quantity).units, 0n), scale: 5 },
      trades: inside.length,
      first: { timeNs: first.timeNs, sequence: first.sequence },
      last: { timeNs: last.timeNs, sequence: last.sequence },
    };
  });
}

function shown(candles: readonly Candle[]): Candle[] {
  return [...candles].sort((a, b) => a.openTimeMs - b.openTimeMs);
}

function decimal(units: number, scale: number): { units: bigint; scale: number } {
  return { units: BigInt(units), scale };
}
