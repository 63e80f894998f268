// What this service hears and says on the event bus, checked at the door.
//
//   in   trading.accounts   key account id      { accountId, accountNumber, userId, name, baseCurrency }
//   in   market.candles     key instrument id   { instrumentId, interval, source, candles: [{ openTime, close, final, ... }] }
//   out  risk.limits        key account id      LimitsAnnouncement, once per version
//   out  risk.alerts        key account id      AlertAnnouncement, once per alert

import { parseDecimal } from '@mib/model/decimal';
import { parseTimestamp, timestampToDate } from '@mib/model/timestamp';
import { z } from 'zod';
import type { AccountRow } from './domain/account.ts';
import { CLOSE_SOURCES, type StoredClose } from './store/close-store.ts';

export const ACCOUNTS_TOPIC = 'trading.accounts';
export const CANDLES_TOPIC = 'market.candles';
export const LIMITS_TOPIC = 'risk.limits';
export const ALERTS_TOPIC = 'risk.alerts';

export interface LimitsAnnouncement {
  readonly accountId: string;
  readonly version: number;
  readonly maxPositionLots: number;
  readonly collarBasisPoints: number;
  readonly instruments: readonly { readonly instrumentId: string; readonly maxPositionLots: number; readonly collarBasisPoints: number }[];
  readonly setBy: string;
  readonly at: string;
}

/** `id` is unique for ever, so consumers can drop repeats. Figures are decimal text. */
export interface AlertAnnouncement {
  readonly id: string;
  readonly accountId: string;
  readonly userId: string;
  readonly level: string;
  readonly metric: string;
  readonly observed: string | null;
  readonly limit: string | null;
  readonly orderId: string | null;
  readonly instrumentId: string | null;
  readonly at: string;
}

const account = z.object({ accountId: z.string().min(1), accountNumber: z.int().positive(), userId: z.string().min(1), name: z.string(), baseCurrency: z.string().min(1) });
const source = z.enum(CLOSE_SOURCES);
const candles = z.object({
  instrumentId: z.string().min(1).max(64),
  interval: z.string(),
  source: source.optional(),
  candles: z.array(z.object({ openTime: z.string(), close: z.string(), final: z.boolean(), source: source.optional() })),
});

export function parseAccount(value: string): AccountRow {
  const { accountId: id, accountNumber: number, ...rest } = account.parse(JSON.parse(value));
  return { id, number, ...rest };
}

/** The final daily closes of a record; the source stands at the record or at each candle. */
export function dailyClosesOf(value: string): StoredClose[] {
  const record = candles.parse(JSON.parse(value));
  if (record.interval !== 'D1') return [];
  return record.candles.filter((candle) => candle.final).map(({ openTime, close, source: own }) => {
    parseDecimal(close, 'close');
    return { instrumentId: record.instrumentId, openTimeMs: timestampToDate(parseTimestamp(openTime, 'openTime')).getTime(), source: own ?? record.source ?? 'LIVE', close };
  });
}
