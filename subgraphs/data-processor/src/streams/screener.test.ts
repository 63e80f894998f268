import { describe, expect, it } from '@jest/globals';
import { parseDecimal } from '@mib/model/decimal';
import { LiveTopic } from '@mib/service/pubsub';
import { candleOfBar } from '../domain/candle.ts';
import { barSeriesOf } from '../domain/indicators/indicator-point.ts';
import { parseScreen } from '../domain/screen/screen-spec.ts';
import type { CandleView } from '../domain/stored-candle.ts';
import { MAX_LIVE_SCREENS, Screener } from './screener.ts';

const DAY_MS = 86_400_000;
const COUNT = 3_000;
const IDS = Array.from({ length: COUNT }, (_, index) => `I${String(index).padStart(4, '0')}`);
const SPEC = parseScreen({ interval: 'D1', conditions: [{ left: { metric: 'CLOSE' }, comparison: 'ABOVE', right: { value: 2_990 } }], rankBy: { metric: 'CLOSE' }, limit: 5 });

describe('a screen of thousands of instruments', () => {
  it('tells its members first, then only what changes, and forgets with its reader', async () => {
    const { screener, candles, closes } = world();
    const screen = screener.subscribe(SPEC, IDS, new AbortController().signal);
    expect((await screen.next()).value).toMatchObject({ entered: [{ instrumentId: 'I2999', rank: 1 }, { rank: 2 }, { rank: 3 }, { rank: 4 }, { rank: 5 }], moved: [], left: [], members: 5 });
    const next = screen.next();
    candles.publish(candle('I2999', 1, '2999.5'));
    candles.publish(candle('I0007', 1, '9999'));
    expect((await next).value).toEqual({
      entered: [{ instrumentId: 'I0007', rank: 1, value: 9999 }], left: ['I2995'], members: 5,
      moved: [{ instrumentId: 'I2999', rank: 2, value: 2999.5 }, { instrumentId: 'I2998', rank: 3, value: 2998 }, { instrumentId: 'I2997', rank: 4, value: 2997 }, { instrumentId: 'I2996', rank: 5, value: 2996 }],
    });
    const corrected = screen.next();
    closes.set('I0007', 1);
    screener.forget('I0007');
    expect((await corrected).value).toMatchObject({ left: ['I0007'], entered: [{ instrumentId: 'I2995', rank: 5 }] });
    await screen.return!();
    expect(candles.subscriberCount).toBe(0);
  });

  it('is a query with the same members, and bounded in number while watched', async () => {
    const { screener } = world();
    expect((await screener.query(SPEC, IDS)).map((member) => member.instrumentId)).toEqual(['I2999', 'I2998', 'I2997', 'I2996', 'I2995']);
    const stop = new AbortController();
    for (let each = 0; each < MAX_LIVE_SCREENS; each++) screener.subscribe(SPEC, [], stop.signal);
    expect(() => screener.subscribe(SPEC, [], stop.signal)).toThrow('32 screens are being watched already');
    stop.abort();
    expect(() => screener.subscribe(SPEC, [], stop.signal)).not.toThrow();
  });
});

function world() {
  const candles = new LiveTopic<CandleView>();
  const closes = new Map<string, number>();
  const read = (ids: readonly string[]) => Promise.resolve(new Map(ids.map((id) => {
    const close = closes.get(id) ?? IDS.indexOf(id);
    const bar = (day: number) => ({ openTimeMs: day * DAY_MS, open: close, high: close, low: close, close, volume: 1, source: 'LIVE' as const });
    return [id, barSeriesOf({ instrumentId: id, interval: 'D1', watermarkNs: 0n, rows: [bar(0), bar(1)] })] as const;
  })));
  return { candles, closes, screener: new Screener({ candles, read }) };
}

function candle(instrumentId: string, day: number, close: string): CandleView {
  const price = parseDecimal(close);
  return { ...candleOfBar({ openTimeMs: day * DAY_MS, open: price, high: price, low: price, close: price, volume: null }), instrumentId, interval: 'D1', source: 'LIVE', revision: 0, derived: false, final: false };
}
