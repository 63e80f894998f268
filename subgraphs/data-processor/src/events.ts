// What this service hears on the bus, checked at the door. Trades do not come this way but from the engine, by sequence.
//
//   reference.instruments   key instrument id   { id, name, ... }
//   market.bars             key instrument id   { instrumentId, interval, bars: [{ openTime, open, high, low, close, volume }] }

import { z } from 'zod';
import { INTERVALS } from '@mib/model/interval';
import { parseDecimal } from '@mib/model/decimal';
import { NS_PER_MS, parseTimestamp } from '@mib/model/timestamp';
import type { DeliveredRecord } from '@mib/service/event-bus/event-bus';
import type { Bar } from './domain/candle.ts';
import type { BarBatch } from './store/history-store.ts';

export const INSTRUMENTS_TOPIC = 'reference.instruments';
export const BARS_TOPIC = 'market.bars';

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
