// From the core's views to the protocol's messages.

import { FEED_STATES, INSTRUMENT_STATES, SIDES, TRADING_STATES } from '@mib/model/trading';
import { codeOf, COMMAND_STATUSES, REJECT_CODES } from '@mib/proto/engine-codes';
import type { CommandResult } from '@mib/proto/engine-commands';
import type { AccountSnapshot, BookSnapshot, LevelView, QuoteSnapshot } from '@mib/proto/engine-views';
import type * as message from '@mib/proto/generated/mib/engine/v1/engine';

export function encodeBook(book: BookSnapshot): message.Book {
  return {
    instrumentNumber: book.instrumentNumber,
    bids: book.bids.map(encodeLevel),
    asks: book.asks.map(encodeLevel),
    feedState: encodeFeedState(book),
    eventSequence: BigInt(book.eventSequence),
    timestampNs: book.timestampNs,
  };
}

export function encodeQuote(quote: QuoteSnapshot): message.Quote {
  const { bid, ask, last, indicative } = quote;
  return {
    instrumentNumber: quote.instrumentNumber,
    bid: bid ? encodeLevel(bid) : undefined,
    ask: ask ? encodeLevel(ask) : undefined,
    last: last ? { ...last, takerSide: codeOf(SIDES, last.takerSide) as message.Side, eventSequence: BigInt(last.eventSequence) } : undefined,
    state: codeOf(INSTRUMENT_STATES, quote.state) as message.InstrumentState,
    indicative: indicative ? { priceTicks: indicative.priceTicks, quantityLots: BigInt(indicative.quantityLots), imbalanceLots: BigInt(indicative.imbalanceLots) } : undefined,
    feedState: encodeFeedState(quote),
    venueTradeId: BigInt(quote.venueTradeId),
    venueTimeNs: quote.venueTimeNs,
    eventSequence: BigInt(quote.eventSequence),
    timestampNs: quote.timestampNs,
  };
}

export function encodeAccount(account: AccountSnapshot): message.Account {
  return {
    accountNumber: account.accountNumber,
    tradingState: codeOf(TRADING_STATES, account.tradingState) as message.TradingState,
    cash: account.cash.map((one) => ({ currency: one.currency, totalUnits: BigInt(one.totalUnits), lockedUnits: BigInt(one.lockedUnits) })),
    positions: account.positions.map((one) => ({
      instrumentNumber: one.instrumentNumber,
      quantityLots: BigInt(one.quantityLots),
      openBuyLots: BigInt(one.openBuyLots),
      openSellLots: BigInt(one.openSellLots),
    })),
    limits: [...account.limits],
  };
}

export function encodeResult(result: CommandResult): message.SubmitResponse {
  return {
    sequence: BigInt(result.sequence),
    timestampNs: result.timestampNs,
    code: codeOf(REJECT_CODES, result.code) as message.RejectCode,
    replayed: result.replayed,
    orderId: BigInt(result.orderId),
    status: codeOf(COMMAND_STATUSES, result.status) as message.CommandStatus,
    filledLots: result.filledLots,
    limit: result.limit === null ? undefined : BigInt(result.limit),
    observed: result.observed === null ? undefined : BigInt(result.observed),
    lastEventSequence: BigInt(result.lastEventSequence),
  };
}

function encodeFeedState({ feedState }: BookSnapshot | QuoteSnapshot): message.FeedState {
  return (feedState === null ? 0 : codeOf(FEED_STATES, feedState)) as message.FeedState;
}

function encodeLevel([priceTicks, quantityLots, orders]: LevelView): message.BookLevel {
  return { priceTicks, quantityLots: BigInt(quantityLots), orders };
}
