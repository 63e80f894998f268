// What this service announces on the bus. Both topics are keyed by instrument id, so everything about one instrument
// stays in order; both may be delivered more than once and are safe to apply again.

import type { Interval } from '@mib/model/interval';
import type { BusRecord } from '@mib/service/event-bus/event-bus';
import type { Instrument } from './domain/instrument.ts';

/** The instrument as it is now. */
export const INSTRUMENTS_TOPIC = 'reference.instruments';
/** New bars of one instrument, oldest first, at most MAX_BARS_PER_EVENT a record. */
export const BARS_TOPIC = 'market.bars';
export const MAX_BARS_PER_EVENT = 500;

export interface AnnouncedBar {
  /** RFC 3339. */
  readonly openTime: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string | null;
}

export function instrumentRecord(instrument: Instrument): BusRecord {
  const { id, number, symbol, venueId, name, assetClass, currency, tickSize, lotSize, cashScale, tradable } = instrument;
  return { key: id, value: JSON.stringify({ id, number, symbol, venue: venueId, name, assetClass, currency, tickSize, lotSize, cashScale, tradable }) };
}

export function barsRecord(instrumentId: string, interval: Interval, bars: readonly AnnouncedBar[]): BusRecord {
  return { key: instrumentId, value: JSON.stringify({ instrumentId, interval, bars }) };
}
