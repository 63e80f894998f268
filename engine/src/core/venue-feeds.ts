// What an outside feed says besides its levels: how far it can be trusted, and the trades that others made. A feed that is
// not LIVE shows nothing: its levels go in the very command that says so, so no order meets a price of before the gap.
// A print moves no position; it is the last trade like any other, so collars follow it and stops wake by it.

import { COMMAND, FEED_STATE, SIDE } from '@mib/proto/layout-command';
import { RECORD_NUMBERS, RECORD_WORDS, type RecordViews } from '@mib/proto/layout-record';
import type { Auction } from './auction.ts';
import { BUY_SIDE, SELL_SIDE } from './books.ts';
import type { CancelMany } from './cancel-many.ts';
import { MAX_ACCOUNTS } from './capacities.ts';
import { CODE, REASON } from './codes.ts';
import type { EventWriter } from './event-writer.ts';
import { microsOf } from './expiry.ts';
import { collects } from './instrument-state.ts';
import { INSTRUMENT } from './instruments.ts';
import { rememberTrade } from './last-trade.ts';
import type { OpenOrders } from './open-orders.ts';
import type { Outcome } from './outcome.ts';
import type { State } from './state.ts';

/** Word of the low half. */
const VENUE_TIME = 2 * COMMAND.VENUE_TIME_LONG;

export interface VenueFeedsParts {
  readonly state: State;
  readonly events: EventWriter;
  readonly outcome: Outcome;
  readonly open: OpenOrders;
  readonly cancelMany: CancelMany;
  readonly auction: Auction;
}

export class VenueFeeds {
  readonly #parts: VenueFeedsParts;

  constructor(parts: VenueFeedsParts) {
    this.#parts = parts;
  }

  /** LIVE again is news: it still is. Any other state again is none, but withdraws what was shown since. */
  setState(views: RecordViews, index: number): void {
    const { state, events, outcome, cancelMany } = this.#parts;
    const instrument = this.#enter(views, index);
    if (instrument < 0) return;
    const word = index * RECORD_WORDS;
    const accountNumber = views.words[word + COMMAND.ACCOUNT]!;
    const wanted = views.words[word + COMMAND.STATE]!;
    if (state.feeds.state(instrument) === wanted && wanted !== FEED_STATE.LIVE) outcome.replayed = true;
    else {
      state.feeds.setState(instrument, wanted);
      events.feedStateSet(accountNumber, views.words[word + COMMAND.INSTRUMENT]!, wanted);
      this.#changed(instrument);
    }
    if (wanted !== FEED_STATE.LIVE) cancelMany.cancel({ account: state.accounts.find(accountNumber), instrument, side: -1, tif: 0 }, REASON.VENUE);
  }

  printTrade(views: RecordViews, index: number): void {
    const { state, events, outcome, auction } = this.#parts;
    const { feeds, instruments, stops } = state;
    const instrument = this.#enter(views, index);
    if (instrument < 0) return;
    const word = index * RECORD_WORDS;
    const venueTradeId = views.numbers[index * RECORD_NUMBERS + COMMAND.VENUE_TRADE_NUMBER]!;
    if (venueTradeId <= feeds.lastTradeId(instrument)) {
      outcome.replayed = true;
      return;
    }
    feeds.setLastTrade(instrument, venueTradeId, microsOf(views.words[word + VENUE_TIME]!, views.words[word + VENUE_TIME + 1]!));
    const accountNumber = views.words[word + COMMAND.ACCOUNT]!;
    const side = views.words[word + COMMAND.SIDE] === SIDE.BUY ? BUY_SIDE : SELL_SIDE;
    const price = views.words[word + COMMAND.PRICE]!;
    const lots = views.numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]!;
    const event = events.trade(views.words[word + COMMAND.INSTRUMENT]!, side, price, lots);
    events.tradeTaker(event, 0, accountNumber, 0);
    events.tradeMaker(event, 0, accountNumber, 0);
    events.tradePrint(event, views, index);
    rememberTrade(instruments, events.output, instrument, side, price, lots);
    this.#changed(instrument);
    stops.tradedAt(instrument, price);
    if (collects(instruments.word(instrument, INSTRUMENT.STATE))) auction.announce(instrument);
  }

  /** Opens the participant's account, as its first level would. @returns the instrument's index, or -1 when refused. */
  #enter(views: RecordViews, index: number): number {
    const { state, outcome, open } = this.#parts;
    const word = index * RECORD_WORDS;
    const account = open.openVenue(views.words[word + COMMAND.ACCOUNT]!);
    const instrument = state.instruments.find(views.words[word + COMMAND.INSTRUMENT]!);
    if (account < 0) outcome.refuse(CODE.CAPACITY_EXCEEDED, MAX_ACCOUNTS, MAX_ACCOUNTS);
    else if (instrument < 0) outcome.refuse(CODE.UNKNOWN_INSTRUMENT);
    return account < 0 ? -1 : instrument;
  }

  #changed(instrument: number): void {
    const { state, events } = this.#parts;
    state.instruments.setWord(instrument, INSTRUMENT.CHANGED_TIMESTAMP, events.output.timestampLow);
    state.instruments.setWord(instrument, INSTRUMENT.CHANGED_TIMESTAMP + 1, events.output.timestampHigh);
  }
}
