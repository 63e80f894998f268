// The phases of an instrument's day. Any may follow any other; what a change does besides, in this order:
//
//   to CONTINUOUS, and from AUCTION to CLOSED   a crossed book trades at its auction price
//   to CLOSED                                   orders of the day expire
//   to CONTINUOUS                               stops that the last trade has reached are elected

import { COMMAND, INSTRUMENT_STATE } from '@mib/proto/layout-command';
import { RECORD_WORDS, type RecordViews } from '@mib/proto/layout-record';
import type { Auction } from './auction.ts';
import { CODE } from './codes.ts';
import type { EventWriter } from './event-writer.ts';
import type { Expiry } from './expiry.ts';
import { collects } from './instrument-state.ts';
import { INSTRUMENT } from './instruments.ts';
import type { Outcome } from './outcome.ts';
import type { State } from './state.ts';

const NONE = -1;

export class InstrumentStates {
  readonly #state: State;
  readonly #events: EventWriter;
  readonly #outcome: Outcome;
  readonly #auction: Auction;
  readonly #expiry: Expiry;
  #entered = NONE;

  constructor(state: State, events: EventWriter, outcome: Outcome, auction: Auction, expiry: Expiry) {
    this.#state = state;
    this.#events = events;
    this.#outcome = outcome;
    this.#auction = auction;
    this.#expiry = expiry;
  }

  /** The present state again is fine and changes nothing. */
  setState(views: RecordViews, index: number): void {
    const { instruments } = this.#state;
    const number = views.words[index * RECORD_WORDS + COMMAND.INSTRUMENT]!;
    const state = views.words[index * RECORD_WORDS + COMMAND.STATE]!;
    const instrument = instruments.find(number);
    if (instrument < 0) return this.#outcome.refuse(CODE.UNKNOWN_INSTRUMENT);
    const before = instruments.word(instrument, INSTRUMENT.STATE);
    if (state === before) {
      this.#outcome.replayed = true;
      return;
    }
    instruments.setWord(instrument, INSTRUMENT.STATE, state);
    const uncrosses = state === INSTRUMENT_STATE.CONTINUOUS || (state === INSTRUMENT_STATE.CLOSED && before === INSTRUMENT_STATE.AUCTION);
    if (uncrosses) this.#auction.uncross(instrument);
    this.#events.instrumentStateSet(number, state, uncrosses ? this.#auction.priceTicks : 0, uncrosses ? this.#auction.lots : 0);
    this.#follow(instrument, state);
  }

  /** Tells what a crossed book would trade in the auction that the command began, once all else is told. */
  announceEntered(): void {
    if (this.#entered !== NONE) this.#auction.announce(this.#entered);
    this.#entered = NONE;
  }

  #follow(instrument: number, state: number): void {
    const { indicative, instruments, stops } = this.#state;
    indicative.set(instrument, 0, 0, 0);
    if (collects(state)) this.#entered = instrument;
    if (state === INSTRUMENT_STATE.CLOSED) this.#expiry.endDay(instrument);
    const last = instruments.word(instrument, INSTRUMENT.LAST_PRICE);
    if (state === INSTRUMENT_STATE.CONTINUOUS && last !== 0) stops.tradedAt(instrument, last);
  }
}
