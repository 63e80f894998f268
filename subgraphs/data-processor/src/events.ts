// What this service hears and says on the bus; what it hears is checked at the door. Trades do not come this way but from
// the engine, by sequence.
//
//   in   reference.instruments   key instrument id   { id, name, ... }
//   in   reference.corporate-actions  key instrument id   { id, instrumentId, kind, exDate, ... }
//   in   market.ticks            key instrument id   columns of trades of an imported file
//   in   market.bars             key instrument id   { instrumentId, interval, bars: [{ openTime, open, high, low, close, volume }] }
//   out  market.candles          key instrument id   CandlesAnnouncement: candles that became final, or changed after that

import { z } from 'zod';
import { INTERVALS, type Interval } from '@mib/model/interval';
import { MAX_SCALE, parseDecimal } from '@mib/model/decimal';
import { InvalidValueError } from '@mib/model/invalid-value';
import { NS_PER_MS, parseTimestamp } from '@mib/model/timestamp';
import type { DeliveredRecord } from '@mib/service/event-bus/event-bus';
import type { Bar } from './domain/candle.ts';
import type { CandleSource } from './domain/stored-candle.ts';
import type { CorporateAction } from './domain/adjustment.ts';
import type { BarBatch } from './store/history-store.ts';
import type { KnownInstrument } from './store/instrument-directory.ts';
import type { TickBatch } from './store/ticks-store.ts';

export const INSTRUMENTS_TOPIC = 'reference.instruments';
export const BARS_TOPIC = 'market.bars';
export const TICKS_TOPIC = 'market.ticks';
export const ACTIONS_TOPIC = 'reference.corporate-actions';
/** Trades of one record of `market.ticks`. */
export const MAX_TICKS_PER_EVENT = 5_000;
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

const instrument = z.object({ id: z.string().min(1), name: z.string().nullish(), currency: z.string().nullish(), calendar: z.string().nullish() });

const bar = z.object({
  openTime: z.string(),
  open: z.string(),
  high: z.string(),
  low: z.string(),
  close: z.string(),
  volume: z.string().nullable(),
});
const bars = z.object({ instrumentId: z.string().min(1), interval: z.enum(INTERVALS), bars: z.array(bar) });

export function instrumentOf(record: DeliveredRecord): KnownInstrument {
  const { id, name, currency, calendar } = instrument.parse(JSON.parse(record.value));
  return { id, name: name ?? null, currency: currency ?? null, calendar: calendar ?? null };
}

const scale = z.int().min(0).max(MAX_SCALE);
const wholeNumbers = z.array(z.int()).max(MAX_TICKS_PER_EVENT);
const ticks = z.object({
  instrumentId: z.string().min(1), source: z.string().min(1), firstRow: z.int(), lastRow: z.int(), priceScale: scale, quantityScale: scale,
  baseTimeNs: z.string().regex(/^-?\d{1,19}$/), rows: wholeNumbers, offsetsNs: wholeNumbers, prices: wholeNumbers, quantities: wholeNumbers, sides: wholeNumbers,
});

/** @throws {InvalidValueError} when its columns are not of one length. */
export function tickBatchOf(record: DeliveredRecord): TickBatch {
  const { instrumentId, source, lastRow, priceScale, quantityScale, baseTimeNs, rows, offsetsNs, prices, quantities, sides } = ticks.parse(JSON.parse(record.value));
  const uneven = [offsetsNs, prices, quantities, sides].find((column) => column.length !== rows.length);
  if (uneven) throw new InvalidValueError(`columns of ticks must have ${rows.length} rows`, uneven.length);
  const columns = { offsetsNs: Float64Array.from(offsetsNs), prices: Float64Array.from(prices), quantities: Float64Array.from(quantities), baseTimeNs: BigInt(baseTimeNs), priceScale, quantityScale };
  return { instrumentId, origin: source, lastRow, rows, sides, columns };
}

const share = z.int().min(1);
const action = z.discriminatedUnion('kind', [
  z.object({ id: z.string().min(1), instrumentId: z.string().min(1), kind: z.literal('SPLIT'), exDate: z.iso.date(), newShares: share, oldShares: share }),
  z.object({ id: z.string().min(1), instrumentId: z.string().min(1), kind: z.literal('CASH_DIVIDEND'), exDate: z.iso.date(), amount: z.string(), currency: z.string().min(1) }),
]);

export function corporateActionOf(record: DeliveredRecord): CorporateAction {
  const parsed = action.parse(JSON.parse(record.value));
  return parsed.kind === 'SPLIT' ? parsed : { ...parsed, amount: parseDecimal(parsed.amount, 'amount') };
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
