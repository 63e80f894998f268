// From the messages of the reading calls to the views that callers work with: plain numbers, nulls for what is absent.

import { SIDES, TRADING_STATES } from '@mib/model/trading';
import { fromCode } from '../engine-codes.ts';
import type { AccountSnapshot, BookSnapshot, EngineStatus, LevelView, QuoteSnapshot } from '../engine-views.ts';
import type { Account, Book, BookLevel, GetStatusResponse, Quote } from '../generated/mib/engine/v1/engine.ts';

export function decodeBook(book: Book): BookSnapshot {
  return {
    instrumentNumber: book.instrumentNumber,
    bids: book.bids.map(decodeLevel),
    asks: book.asks.map(decodeLevel),
    eventSequence: Number(book.eventSequence),
    timestampNs: book.timestampNs,
  };
}

export function decodeQuote(quote: Quote): QuoteSnapshot {
  const { bid, ask, last } = quote;
  return {
    instrumentNumber: quote.instrumentNumber,
    bid: bid ? decodeLevel(bid) : null,
    ask: ask ? decodeLevel(ask) : null,
    last: last ? { priceTicks: last.priceTicks, quantityLots: last.quantityLots, takerSide: fromCode(SIDES, last.takerSide)!, timestampNs: last.timestampNs } : null,
    eventSequence: Number(quote.eventSequence),
    timestampNs: quote.timestampNs,
  };
}

export function decodeAccount(account: Account, eventSequence: number): AccountSnapshot {
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

export function decodeStatus(status: GetStatusResponse): EngineStatus {
  return {
    ...status,
    published: Number(status.published),
    lastCommandSequence: Number(status.lastCommandSequence),
    lastEventSequence: Number(status.lastEventSequence),
  };
}

function decodeLevel(level: BookLevel): LevelView {
  return [level.priceTicks, Number(level.quantityLots), level.orders];
}
