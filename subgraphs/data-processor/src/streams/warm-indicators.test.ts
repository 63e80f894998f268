import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimalToNumber } from '@mib/model/decimal';
import type { Interval } from '@mib/model/interval';
import { InvalidValueError } from '@mib/model/invalid-value';
import type { BarSeries, IndicatorPoint } from '../domain/indicators/indicator-point.ts';
import { MAX_WHOLE_SERIES, barSeriesOf, newestPoints } from '../domain/indicators/indicator-point.ts';
import type { IndicatorSpec } from '../domain/indicators/catalog.ts';
import type { CandleView } from '../domain/stored-candle.ts';
import { hasEnded } from '../domain/stored-candle.ts';
import { WarmIndicators } from './warm-indicators.ts';

const MINUTE_MS = 60_000;
const SPECS: IndicatorSpec[] = [
  { kind: 'SMA', period: 3 },
  { kind: 'EMA', period: 3 },
  { kind: 'RSI', period: 2 },
  { kind: 'MACD', fast: 2, slow: 3, signal: 2 },
  { kind: 'BBANDS', period: 3, deviations: 2 },
  { kind: 'ATR', period: 2 },
  { kind: 'OBV' },
  { kind: 'VWAP' },
  { kind: 'SAR', acceleration: 0.02, maximum: 0.2 },
  { kind: 'ICHIMOKU', fast: 2, period: 3, slow: 4 },
];

describe('a warm indicator', () => {
  it('always says what a rebuild from the stored candles says', async () => {
    const steps = fc.array(fc.record({ minute: fc.nat(12), close: fc.integer({ min: 1, max: 100 }) }), { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SPECS), steps, async (spec, changes) => {
        const market = new Market();
        const warm = new WarmIndicators({ read: market.read, onError: fail });
        for (const { minute, close } of changes) {
          warm.apply(market.change(minute, close));
          const [point] = (await warm.latest([{ instrumentId: 'SPX.XSIM', interval: 'M1', spec }])) as IndicatorPoint[];
          const [expected] = newestPoints(spec, market.series(100), 1);
          expect({ ...point, values: null }).toEqual({ ...expected, values: null });
          expect(point!.values?.length).toBe(expected!.values?.length);
          // A rebuild begins at another candle than the stream did: rounding may differ, nothing else.
          expected!.values?.forEach((value, index) => expect(Math.abs(point!.values![index]! - value)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(value))));
        }
      }),
    );
  });

  it('reads stored candles once, however often it is asked and the newest candle changes', async () => {
    const market = new Market();
    for (let minute = 0; minute < 5; minute++) market.change(minute, 10 + minute);
    const warm = new WarmIndicators({ read: market.read, onError: fail });
    const requests = SPECS.map((spec) => ({ instrumentId: 'SPX.XSIM', interval: 'M1' as const, spec }));
    await warm.latest(requests);
    for (let minute = 5; minute < 9; minute++) {
      warm.apply(market.change(minute, minute));
      await warm.latest(requests);
    }
    // One for what remembers a stretch, one for what counts from the first candle.
    expect(market.reads).toBe(2);
  });

  it('is refused where it counts from the first candle and the series is too long, and nothing else is', async () => {
    const long = barSeriesOf({ instrumentId: 'SPX.XSIM', interval: 'S1', watermarkNs: 0n, rows: Array.from({ length: MAX_WHOLE_SERIES + 1 }, (_, second) => ({ openTimeMs: second * 1000, open: 1, high: 1, low: 1, close: 1, volume: 1, source: 'LIVE' })) });
    const warm = new WarmIndicators({ read: async (ids) => new Map(ids.map((id) => [id, long])), onError: fail });
    const [volume, mean] = await warm.latest([{ kind: 'OBV' as const }, { kind: 'SMA' as const, period: 3 }].map((spec) => ({ instrumentId: 'SPX.XSIM', interval: 'S1' as const, spec })));
    expect(volume).toEqual(new InvalidValueError(`OBV counts from the first candle and reads at most ${MAX_WHOLE_SERIES}: choose a longer interval`, 'S1'));
    expect(mean).toMatchObject({ values: [1] });
    await expect(warm.watch({ instrumentId: 'SPX.XSIM', interval: 'S1', spec: { kind: 'OBV' } }, new AbortController().signal)).rejects.toThrow(InvalidValueError);
  });

  it('is not kept when its series changes while it is being read', async () => {
    const market = new Market();
    market.change(0, 10);
    const warm = new WarmIndicators({ read: market.read, onError: fail });
    const asked = warm.latest([{ instrumentId: 'SPX.XSIM', interval: 'M1', spec: SPECS[0]! }]);
    warm.apply(market.change(1, 11));
    await asked;
    expect(warm.size).toBe(0);
  });

  it('is forgotten with the past of its instrument and when the table is full', async () => {
    const market = new Market();
    market.change(0, 10);
    const warm = new WarmIndicators({ read: market.read, onError: fail, maxStates: 2 });
    for (const spec of SPECS) await warm.latest([{ instrumentId: 'SPX.XSIM', interval: 'M1', spec }]);
    expect(warm.size).toBe(2);
    warm.forget('SPX.XSIM');
    expect(warm.size).toBe(0);
  });

  it('is null without any candle', async () => {
    const warm = new WarmIndicators({ read: new Market().read, onError: fail });
    expect(await warm.latest([{ instrumentId: 'SPX.XSIM', interval: 'M1', spec: SPECS[0]! }])).toEqual([null]);
  });
});

describe('a watched indicator', () => {
  it('tells each value, the last one of a candle as final, and goes on after a late trade', async () => {
    const market = new Market();
    for (let minute = 0; minute < 3; minute++) market.change(minute, 10);
    const warm = new WarmIndicators({ read: market.read, onError: fail });
    const end = new AbortController();
    const values = await warm.watch({ instrumentId: 'SPX.XSIM', interval: 'M1', spec: { kind: 'SMA', period: 2 } }, end.signal);
    const next = async () => ((await values.next()).value as IndicatorPoint);

    warm.apply(market.change(2, 14));
    expect(await next()).toMatchObject({ final: false, synthetic: true, values: [12] });
    warm.apply({ ...market.change(2, 14), final: true });
    expect(await next()).toMatchObject({ openTimeMs: 2 * MINUTE_MS, final: true, values: [12] });
    warm.apply(market.change(3, 16));
    expect(await next()).toMatchObject({ openTimeMs: 3 * MINUTE_MS, final: false, values: [15] });
    warm.apply(market.change(2, 20));
    expect(await next()).toMatchObject({ openTimeMs: 3 * MINUTE_MS, values: [18] });
    end.abort();
    expect(await values.next()).toMatchObject({ done: true });
  });

  it('tells nobody after the subscriber has gone', async () => {
    const market = new Market();
    const warm = new WarmIndicators({ read: market.read, onError: fail });
    const values = await warm.watch({ instrumentId: 'SPX.XSIM', interval: 'M1', spec: SPECS[0]! }, new AbortController().signal);
    await values.return!();
    const readsBefore = market.reads;
    warm.apply(market.change(0, 10));
    expect(await values.next()).toMatchObject({ done: true });
    expect(market.reads).toBe(readsBefore);
  });
});

/** One instrument's minutes: what the database would hold. */
class Market {
  reads = 0;
  readonly #candles = new Map<number, CandleView>();

  change(minute: number, close: number): CandleView {
    const price = { units: BigInt(close), scale: 0 };
    const key = { timeNs: BigInt(minute), sequence: minute };
    const newest = Math.max(minute, ...[...this.#candles.keys()]);
    const openTimeMs = minute * MINUTE_MS;
    const candle: CandleView = {
      instrumentId: 'SPX.XSIM', interval: 'M1', openTimeMs, source: 'LIVE', derived: false, revision: 0, final: hasEnded('M1', openTimeMs, watermark(newest)),
      open: price, high: { units: price.units + 1n, scale: 0 }, low: price, close: price, volume: price, turnover: price, trades: 1, first: key, last: key,
    };
    this.#candles.set(minute, candle);
    return candle;
  }

  readonly read = async (ids: readonly string[], interval: Interval, limit: number): Promise<Map<string, BarSeries>> => {
    this.reads++;
    const series = this.series(limit, interval);
    await Promise.resolve();
    return new Map(series.close.length > 0 ? ids.map((id) => [id, series]) : []);
  };

  series(limit: number, interval: Interval = 'M1'): BarSeries {
    const candles = [...this.#candles.values()].sort((a, b) => a.openTimeMs - b.openTimeMs).slice(-limit);
    const rows = candles.map(({ openTimeMs, source, open, high, low, close, volume }) => ({
      openTimeMs, source, open: decimalToNumber(open), high: decimalToNumber(high), low: decimalToNumber(low), close: decimalToNumber(close), volume: decimalToNumber(volume!),
    }));
    return barSeriesOf({ instrumentId: 'SPX.XSIM', interval, watermarkNs: watermark(Math.max(0, ...this.#candles.keys())), rows });
  }
}

function watermark(minute: number): bigint {
  return BigInt(minute * MINUTE_MS) * 1_000_000n;
}

function fail(error: unknown): void {
  throw error;
}
