// Facts in ticks and lots become what the graph shows: decimal text, RFC 3339 times, opaque cursors.

import { addDecimals, formatDecimal, fromSteps, type Decimal } from '@mib/model/decimal';
import { formatTimestamp, timestampFromDate } from '@mib/model/timestamp';
import type { LevelView } from '@mib/proto/engine-client';
import { ClientError } from '@mib/service/errors';
import type { Freshness } from '../domain/freshness.ts';
import type { BookFacts, Listing, QuoteFacts, TradeFacts } from '../domain/market.ts';
import type { BookLevel, OrderBook, Quote, Trade } from '../generated/resolvers-types.ts';

/** Instruments of this venue are quoted by a simulator. */
const SIMULATED_VENUE = 'XSIM';

export function quoteView(facts: QuoteFacts, freshness: Freshness): Quote {
  const { listing, bid, ask, last, state, indicative, sequence, eventTimeNs, receivedMs } = facts;
  return {
    instrument: { id: listing.instrumentId },
    bid: bid && price(listing, bid[0]),
    ask: ask && price(listing, ask[0]),
    bidSize: bid && quantity(listing, bid[1]),
    askSize: ask && quantity(listing, ask[1]),
    last: last && price(listing, last.priceTicks),
    mid: bid && ask && middle(fromSteps(bid[0], listing.tickSize), fromSteps(ask[0], listing.tickSize)),
    tradingPhase: state,
    indicative: indicative && {
      price: price(listing, indicative.priceTicks),
      quantity: quantity(listing, indicative.quantityLots),
      imbalance: quantity(listing, indicative.imbalanceLots),
    },
    eventTime: eventTime(eventTimeNs),
    receivedTime: formatTimestamp(timestampFromDate(new Date(receivedMs))),
    sequence: String(sequence),
    freshness,
    source: sourceOf(listing),
  };
}

export function tradeView(facts: TradeFacts, knownThrough: number): Trade {
  const { listing, priceTicks, quantityLots, takerSide, timestampNs, print, sequence } = facts;
  return {
    instrument: { id: listing.instrumentId },
    price: price(listing, priceTicks),
    quantity: print ? formatDecimal({ units: BigInt(print.quantityUnits), scale: print.quantityScale }) : quantity(listing, quantityLots),
    side: takerSide,
    eventTime: formatTimestamp(timestampNs),
    venueTradeId: print ? String(print.venueTradeId) : null,
    venueTime: print ? formatTimestamp(print.venueTimeNs) : null,
    sequence: sequence === null ? null : String(sequence),
    cursor: toCursor(sequence ?? knownThrough),
  };
}

export function bookView(facts: BookFacts, freshness: Freshness): OrderBook {
  const { listing, bids, asks, sequence, eventTimeNs } = facts;
  const level = ([priceTicks, quantityLots, orders]: LevelView): BookLevel => ({ price: price(listing, priceTicks), quantity: quantity(listing, quantityLots), orders });
  return {
    instrument: { id: listing.instrumentId },
    bids: bids.map(level),
    asks: asks.map(level),
    imbalance: imbalanceOf(bids, asks),
    sequence: String(sequence),
    freshness,
    eventTime: eventTime(eventTimeNs),
  };
}

/** Lots are whole numbers, so the sums are exact and equal sides are exactly 0. */
export function imbalanceOf(bids: readonly LevelView[], asks: readonly LevelView[]): number | null {
  const [bid, ask] = [bids, asks].map((levels) => levels.reduce((sum, [, quantityLots]) => sum + quantityLots, 0)) as [number, number];
  return bid + ask === 0 ? null : (bid - ask) / (bid + ask);
}

/** @throws {ClientError} VALIDATION for a text that is no cursor of ours. */
export function readCursor(cursor: string): number {
  const sequence = Number(/^trade:(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1] ?? NaN);
  if (Number.isSafeInteger(sequence) && toCursor(sequence) === cursor) return sequence;
  throw new ClientError('VALIDATION', `after must be a cursor of a trade, was ${JSON.stringify(cursor.slice(0, 80))}`, { field: ['after'] });
}

function toCursor(sequence: number): string {
  return Buffer.from(`trade:${sequence}`).toString('base64url');
}

function price(listing: Listing, ticks: number): string {
  return formatDecimal(fromSteps(ticks, listing.tickSize));
}

function quantity(listing: Listing, lots: number): string {
  return formatDecimal(fromSteps(lots, listing.lotSize));
}

/** Exact: an odd sum needs one more decimal. */
function middle(bid: Decimal, ask: Decimal): string {
  const sum = addDecimals(bid, ask);
  const isEven = sum.units % 2n === 0n;
  return formatDecimal(isEven ? { units: sum.units / 2n, scale: sum.scale } : { units: sum.units * 5n, scale: sum.scale + 1 });
}

function eventTime(eventTimeNs: bigint): string | null {
  return eventTimeNs === 0n ? null : formatTimestamp(eventTimeNs);
}

function sourceOf({ instrumentId }: Listing): string {
  const venue = instrumentId.slice(instrumentId.lastIndexOf('.') + 1);
  return venue === SIMULATED_VENUE ? `${venue} (synthetic)` : venue;
}
