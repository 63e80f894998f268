// What this service hears and says on the bus; what it hears is checked at the door. Trades do not come this way but from
// the engine, by sequence.
//
//   in   reference.instruments   key instrument id   { id, name, ... }
//   in   market.bars             key instrument id   { instrumentId, interval, bars: [{ openTime, open, high, low, close, volume }] }
//   out  market.candles          key instrument id   CandlesAnnouncement: candles that became final, or changed after that

import { z } from 'zod';
import { INTERVALS, type Interval } from '@mib/model/interval';
import { parseDecimal } from '@mib/model/decimal';
import { NS_PER_MS, parseTimestamp } from '@mib/model/timestamp';
import type { DeliveredRecord } from '@mib/service/event-bus/event-bus';
import type { Bar } from './domain/candle.ts';
import type { CandleSource } from './domain/stored-candle.ts';
import type { BarBatch } from './store/history-store.ts';

export const INSTRUMENTS_TOPIC = 'reference.instruments';
export const BARS_TOPIC = 'market.bars';
export const CANDLES_TOPIC = 'market.candles';
/** The intervals whose final candles others hear of: what is finer or between, they can ask the graph for. */
export const ANNOUNCED_INTERVALS = ['M1', 'H1', 'D1'] as const satisfies readonly Interval[];
export const MAX_CANDLES_PER_EVENT = 500;

/** Decimals are text; `volume` is null where the source does not say. A later record for the same candle replaces it. */
export interface AnnouncedCandle {
  /** RFC 3339. */
  readonly openTime: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string | null;
  readonly source: CandleSource;
  /** 0 at first, one more for each correction. */
  readonly revision: number;
  readonly final: true;
}

/** Candles of one instrument, interval and source, oldest first, at most MAX_CANDLES_PER_EVENT. */
export interface CandlesAnnouncement {
  readonly instrumentId: string;
  readonly interval: Interval;
  readonly source: CandleSource;
  readonly candles: readonly AnnouncedCandle[];
}

const instrument = z.object({ id: z.string().min(1), name: z.string().nullish() });

const bar = z.object({
  openTime: z.string(),
  open: z.string(),
  high: z.string(),
  low: z.string(),
  close: z.string(),
  volume: z.string().nullable(),
});
const bars = z.object({ instrumentId: z.string().min(1), interval: z.enum(INTERVALS), bars: z.array(bar) });

export function instrumentOf(record: DeliveredRecord): { id: string; name: string | null } {
  const { id, name } = instrument.parse(JSON.parse(record.value));
  return { id, name: name ?? null };
}

export function barBatchOf(record: DeliveredRecord): BarBatch {
  const batch = bars.parse(JSON.parse(record.value));
  return { offset: record.offset, instrumentId: batch.instrumentId, interval: batch.interval, bars: batch.bars.map(barOf) };
}

function barOf({ openTime, open, high, low, close, volume }: z.infer<typeof bar>): Bar {
  return {
    openTimeMs: Number(parseTimestamp(openTime, 'openTime') / NS_PER_MS),
    open: parseDecimal(open, 'open'),
    high: parseDecimal(high, 'high'),
    low: parseDecimal(low, 'low'),
    close: parseDecimal(close, 'close'),
    volume: volume === null ? null : parseDecimal(volume, 'volume'),
  };
}
