// From the messages of the reading calls to the views that callers work with: plain numbers, nulls for what is absent.

import { FEED_STATES, INSTRUMENT_STATES, SIDES, TRADING_STATES } from '@mib/model/trading';
import { fromCode, LATENCY_STAGES } from '../engine-codes.ts';
import type { AccountSnapshot, BookSnapshot, EngineStatus, IndicativePrice, LastTrade, LevelView, QuoteSnapshot } from '../engine-views.ts';
import type * as message from '../generated/mib/engine/v1/engine.ts';

export function decodeBook(book: message.Book): BookSnapshot {
  return {
    instrumentNumber: book.instrumentNumber,
    bids: book.bids.map(decodeLevel),
    asks: book.asks.map(decodeLevel),
    feedState: fromCode(FEED_STATES, book.feedState) ?? null,
    eventSequence: Number(book.eventSequence),
    timestampNs: book.timestampNs,
  };
}

export function decodeQuote(quote: message.Quote): QuoteSnapshot {
  const { bid, ask, last, indicative } = quote;
  return {
    instrumentNumber: quote.instrumentNumber,
    bid: bid ? decodeLevel(bid) : null,
    ask: ask ? decodeLevel(ask) : null,
    last: last ? decodeLastTrade(last) : null,
    state: fromCode(INSTRUMENT_STATES, quote.state)!,
    indicative: indicative ? decodeIndicative(indicative) : null,
    feedState: fromCode(FEED_STATES, quote.feedState) ?? null,
    venueTradeId: Number(quote.venueTradeId),
    venueTimeNs: quote.venueTimeNs,
    eventSequence: Number(quote.eventSequence),
    timestampNs: quote.timestampNs,
  };
}

export function decodeAccount(account: message.Account, eventSequence: number): AccountSnapshot {
  return {
    accountNumber: account.accountNumber,
    tradingState: fromCode(TRADING_STATES, account.tradingState)!,
    cash: account.cash.map((one) => ({ currency: one.currency, totalUnits: Number(one.totalUnits), lockedUnits: Number(one.lockedUnits) })),
    positions: account.positions.map((one) => ({
      instrumentNumber: one.instrumentNumber,
      quantityLots: Number(one.quantityLots),
      openBuyLots: Number(one.openBuyLots),
      openSellLots: Number(one.openSellLots),
    })),
    limits: account.limits,
    eventSequence,
  };
}

export function decodeStatus(status: message.GetStatusResponse): EngineStatus {
  return {
    ...status,
    published: Number(status.published),
    lastCommandSequence: Number(status.lastCommandSequence),
    lastEventSequence: Number(status.lastEventSequence),
    firstEventSequence: Number(status.firstEventSequence),
    latency: status.latency.map((one) => ({ ...one, stage: fromCode(LATENCY_STAGES, one.stage)!, count: Number(one.count) })),
  };
}

function decodeLevel(level: message.BookLevel): LevelView {
  return [level.priceTicks, Number(level.quantityLots), level.orders];
}

function decodeLastTrade({ priceTicks, quantityLots, takerSide, timestampNs, eventSequence }: message.LastTrade): LastTrade {
  return { priceTicks, quantityLots, takerSide: fromCode(SIDES, takerSide)!, timestampNs, eventSequence: Number(eventSequence) };
}

function decodeIndicative({ priceTicks, quantityLots, imbalanceLots }: message.IndicativePrice): IndicativePrice {
  return { priceTicks, quantityLots: Number(quantityLots), imbalanceLots: Number(imbalanceLots) };
}
