// What this service announces on the bus. Instruments and bars are keyed by instrument id, so everything about one
// instrument stays in order, articles by their own id; all may be delivered more than once and are safe to apply again.

import type { CalendarId } from '@mib/model/calendar/trading-calendar';
import type { Interval } from '@mib/model/interval';
import type { BusRecord } from '@mib/service/event-bus/event-bus';
import type { CorporateAction } from './domain/corporate-action.ts';
import type { Instrument } from './domain/instrument.ts';
import type { NewsArticle } from './domain/news.ts';

/** The instrument as it is now. */
export const INSTRUMENTS_TOPIC = 'reference.instruments';
/** A split or a dividend, once it is known; never changed, so it is safe to apply by its id. */
export const CORPORATE_ACTIONS_TOPIC = 'reference.corporate-actions';
/** New bars of one instrument, oldest first, at most MAX_BARS_PER_EVENT a record. */
export const BARS_TOPIC = 'market.bars';
export const MAX_BARS_PER_EVENT = 500;
/** One article as it was imported, with the ids of the instruments it is about. */
export const NEWS_TOPIC = 'market.news';
/** Wakes the live side of every replica at commit; the payload is article ids with blanks between. */
export const NEWS_CHANNEL = 'ingestion_news';

/** Imported trades of one instrument, in the order of their file, at most MAX_TICKS_PER_EVENT a record. */
export const TICKS_TOPIC = 'market.ticks';
/** About 20 KB. */
export const MAX_TICKS_PER_EVENT = 1_000;

/**
 * Trades as columns of one length, oldest first. A record may arrive again, those of one (source, instrumentId) never
 * overlap: whoever keeps the highest `lastRow` of each pair and skips what is not above it counts every trade once.
 */
export interface AnnouncedTicks {
  readonly instrumentId: string;
  /** SHA-256 of the file's unpacked content, hexadecimal. */
  readonly source: string;
  /** Rows of the first and of the last trade. */
  readonly firstRow: number;
  readonly lastRow: number;
  /** Prices are whole numbers of 10^-priceScale, quantities of 10^-quantityScale. */
  readonly priceScale: number;
  readonly quantityScale: number;
  /** Nanoseconds since the epoch, as text; a trade's time is this plus its offset. */
  readonly baseTimeNs: string;
  /** Rows of the file, rising: (time, row) is the order of trades. */
  readonly rows: readonly number[];
  readonly offsetsNs: readonly number[];
  readonly prices: readonly number[];
  readonly quantities: readonly number[];
  /** 1 where the buyer made the trade, -1 the seller, 0 where the file does not say. */
  readonly sides: readonly number[];
}

export interface AnnouncedBar {
  /** RFC 3339. */
  readonly openTime: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string | null;
}

/** @param calendar - of the instrument's venue. */
export function instrumentRecord(instrument: Instrument, calendar: CalendarId): BusRecord {
  const { venueId, ...definition } = instrument;
  return { key: instrument.id, value: JSON.stringify({ ...definition, venue: venueId, calendar }) };
}

export function corporateActionRecord({ instrumentNumber: _, ...action }: CorporateAction): BusRecord {
  return { key: action.instrumentId, value: JSON.stringify(action) };
}

export function barsRecord(instrumentId: string, interval: Interval, bars: readonly AnnouncedBar[]): BusRecord {
  return { key: instrumentId, value: JSON.stringify({ instrumentId, interval, bars }) };
}

export function ticksRecord(ticks: AnnouncedTicks): BusRecord {
  return { key: ticks.instrumentId, value: JSON.stringify(ticks) };
}

export function newsRecord({ id, headline, url, source, publishedAt, synthetic }: NewsArticle, instruments: readonly Instrument[]): BusRecord {
  return { key: id, value: JSON.stringify({ id, headline, url, source, publishedAt: publishedAt.toISOString(), synthetic, instrumentIds: instruments.map((instrument) => instrument.id) }) };
}
