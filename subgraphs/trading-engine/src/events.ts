// What this service hears and says on the event bus.

import { formatDecimal, parseDecimal } from '@mib/model/decimal';
import { isCalendarDate } from '@mib/model/timestamp';
import type { DailyClose } from './domain/daily-closes.ts';

/** auth-service announces every new user here; each gets a first paper account. */
export const USERS_TOPIC = 'auth.users';
/** One record per order event, key account id. */
export const ORDERS_TOPIC = 'trading.orders';
/** One record per fill, key account id. */
export const FILLS_TOPIC = 'trading.fills';
/** One record per account, key account id, once it is open. */
export const ACCOUNTS_TOPIC = 'trading.accounts';
/** data-processor announces final candles here; the daily ones value positions of past days. */
export const CANDLES_TOPIC = 'market.candles';

export interface UserRegistered {
  readonly kind: 'UserRegistered';
  readonly userId: string;
}

/** `accountNumber` is the engine's name of the account. */
export interface AccountAnnouncement {
  readonly accountId: string;
  readonly accountNumber: number;
  readonly userId: string;
  readonly name: string;
  readonly baseCurrency: string;
  readonly mode: 'PAPER';
}

/** `id` is the order event's cursor in text form, `<sequence>.<leg>`: unique for ever, so consumers can drop repeats. */
export interface OrderAnnouncement {
  readonly id: string;
  /** Of the engine event. */
  readonly sequence: number;
  readonly accountId: string;
  readonly accountNumber: number;
  readonly userId: string;
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly instrumentId: string;
  readonly instrumentNumber: number;
  readonly side: string;
  readonly type: string;
  readonly tif: string;
  readonly quantity: string;
  readonly limitPrice: string | null;
  readonly status: string;
  readonly filledQuantity: string;
  readonly averageFillPrice: string | null;
  readonly denyCode: string | null;
  readonly cancelReason: string | null;
  readonly version: number;
  readonly at: string;
}

/** `id` as that of the order event it belongs to; `price` and `quantity` are decimals as text. */
export interface FillAnnouncement {
  readonly id: string;
  readonly sequence: number;
  readonly accountId: string;
  readonly accountNumber: number;
  readonly userId: string;
  readonly orderId: string;
  readonly instrumentId: string;
  readonly instrumentNumber: number;
  readonly side: string;
  readonly price: string;
  readonly quantity: string;
  readonly currency: string;
  readonly at: string;
}

/** Reads a record of USERS_TOPIC; undefined for a kind this service does not know. */
export function parseUserEvent(value: string): UserRegistered | undefined {
  const event = JSON.parse(value) as { readonly kind?: unknown; readonly userId?: unknown };
  if (event.kind !== 'UserRegistered' || typeof event.userId !== 'string' || event.userId === '') return undefined;
  return { kind: 'UserRegistered', userId: event.userId };
}

/** Reads a record of CANDLES_TOPIC: the closes of its daily candles, none for another interval. */
export function parseDailyCloses(value: string): DailyClose[] {
  const event = JSON.parse(value) as CandlesEvent;
  if (event.interval !== 'D1') return [];
  return event.candles.filter((candle) => candle.final).map(({ openTime, close }) => {
    const day = openTime.slice(0, DATE_CHARACTERS);
    if (!isCalendarDate(day)) throw new Error(`openTime must be an RFC 3339 time, was ${JSON.stringify(openTime)}`);
    return { instrumentId: event.instrumentId, day, source: event.source, close: formatDecimal(parseDecimal(close, 'close')) };
  });
}

const DATE_CHARACTERS = 10;

interface CandlesEvent {
  readonly instrumentId: string;
  readonly interval: string;
  readonly source: DailyClose['source'];
  readonly candles: readonly { readonly openTime: string; readonly close: string; readonly final: boolean }[];
}
