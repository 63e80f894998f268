import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { INTERVALS } from '@mib/model/interval';
import type { Candle } from './candle.ts';
import { candleOfTrade, mergeCandles } from './candle.ts';
import type { InstrumentTrade } from './live-candles.ts';
import { aggregateTrades } from './live-candles.ts';
import { candleKeyText, hasEnded } from './stored-candle.ts';

const SECOND_NS = 1_000_000_000n;
const START_NS = BigInt(Date.UTC(2026, 10, 22)) * 1_000_000n;

const tapes = fc
  .array(fc.record({ second: fc.nat(300), instrumentId: fc.constantFrom('SPX.XSIM', 'SPY.XSIM'), price: fc.integer({ min: 1, max: 50 }) }), { maxLength: 40 })
  .map((prints) => prints.map(({ second, instrumentId, price }, index) => trade(second, index + 1, price, instrumentId)));

describe('aggregation of live trades', () => {
  it('gives the same candles, late trades and watermark however the tape is cut into batches', () => {
    fc.assert(
      fc.property(tapes, fc.nat(40), (trades, cut) => {
        const whole = collect([trades]);
        expect(collect([trades.slice(0, cut), trades.slice(cut)])).toEqual(whole);
        expect(collect(trades.map((each) => [each]))).toEqual(whole);
      }),
    );
  });

  it('gives each interval the candle that its trades alone would give', () => {
    fc.assert(
      fc.property(tapes, (trades) => {
        for (const { instrumentId, interval, openTimeMs, addition } of aggregateTrades(trades, 0n).changes) {
          const inside = trades.map((each) => [each.instrumentId, candleOfTrade(interval, each)] as const).filter(([id, candle]) => id === instrumentId && candle.openTimeMs === openTimeMs);
          expect(addition).toEqual(inside.map(([, candle]) => candle).reduce((a, b) => mergeCandles(a, b)));
        }
      }),
    );
  });

  it('counts a trade as late only for candles that the market has left behind', () => {
    const { changes, watermarkNs } = aggregateTrades([trade(61, 1, 10), trade(59, 2, 11)], 0n);
    const late = changes.filter((change) => change.lateTrades > 0).map((change) => change.interval);
    expect(late).toEqual(['S1', 'M1']);
    expect(watermarkNs).toBe(START_NS + 61n * SECOND_NS);
  });

  it('lets the trades of one instrument close the candles of another', () => {
    const { changes } = aggregateTrades([trade(61, 1, 10, 'SPY.XSIM'), trade(59, 2, 11, 'SPX.XSIM')], 0n);
    expect(changes.find((change) => change.instrumentId === 'SPX.XSIM' && change.interval === 'M1')?.lateTrades).toBe(1);
  });
});

describe('a candle', () => {
  it('is final from the nanosecond at which it ends', () => {
    const openTimeMs = Date.UTC(2026, 10, 22);
    expect(hasEnded('M1', openTimeMs, START_NS + 60n * SECOND_NS - 1n)).toBe(false);
    expect(hasEnded('M1', openTimeMs, START_NS + 60n * SECOND_NS)).toBe(true);
  });
});

function collect(batches: readonly (readonly InstrumentTrade[])[]): unknown {
  const candles = new Map<string, { candle: Candle; lateTrades: number }>();
  let watermarkNs = 0n;
  for (const batch of batches) {
    const result = aggregateTrades(batch, watermarkNs);
    watermarkNs = result.watermarkNs;
    for (const change of result.changes) {
      const key = candleKeyText(change);
      const present = candles.get(key);
      candles.set(key, present ? { candle: mergeCandles(present.candle, change.addition), lateTrades: present.lateTrades + change.lateTrades } : { candle: change.addition, lateTrades: change.lateTrades });
    }
  }
  const intervals = INTERVALS as readonly string[];
  const order = (key: string) => `${intervals.indexOf(key.split('|')[1]!)}${key}`;
  return { watermarkNs, candles: [...candles].sort(([a], [b]) => (order(a) < order(b) ? -1 : 1)) };
}

function trade(second: number, sequence: number, price: number, instrumentId = 'SPX.XSIM'): InstrumentTrade {
  return { instrumentId, sequence, timeNs: START_NS + BigInt(second) * SECOND_NS, price: { units: BigInt(price), scale: 1 }, quantity: { units: 2n, scale: 0 } };
}
