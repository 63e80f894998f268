// The deterministic heart: apply(command) -> events and one result. It reads no clock, no random and no file; time and
// sequence come with the command. The same commands give the same bytes, live, in replay and in a backtest.

import { setFlagsFromString } from 'node:v8';
import * as fromLayoutCommand from '@mib/proto/layout-command';
import * as fromLayoutRecord from '@mib/proto/layout-record';
import type { RecordViews } from '@mib/proto/layout-record';
import * as fromLayoutResult from '@mib/proto/layout-result';
import * as fromEngineCommands from '@mib/proto/engine-commands';
import { Administration } from './administration.ts';
import { Amend } from './amend.ts';
import { Auction } from './auction.ts';
import { CancelMany } from './cancel-many.ts';
import { Charges } from './charges.ts';
import * as fromCodes from './codes.ts';
import { CommandOutput } from './command-output.ts';
import { EventWriter } from './event-writer.ts';
import { Expiry } from './expiry.ts';
import * as fromIdempotency from './idempotency.ts';
import { collects } from './instrument-state.ts';
import { InstrumentStates } from './instrument-states.ts';
import * as fromInstruments from './instruments.ts';
import * as fromBooks from './books.ts';
import { Matching } from './matching.ts';
import { OpenOrders } from './open-orders.ts';
import { OrderEntry } from './order-entry.ts';
import { Outcome } from './outcome.ts';
import { RiskGate } from './risk-gate.ts';
import { State } from './state.ts';
import { Trading } from './trading.ts';
import { VenueFeeds } from './venue-feeds.ts';
import { VenueLevels } from './venue-levels.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { COMMAND, COMMAND_KIND } = fromLayoutCommand;
const { RECORD_NUMBERS, RECORD_WORDS } = fromLayoutRecord;
const { RESULT, RESULT_HAS_LIMIT, RESULT_HAS_OBSERVED, RESULT_KIND, RESULT_REPLAYED, RESULT_WORDS } = fromLayoutResult;
const { FIRST_USER_ACCOUNT } = fromEngineCommands;
const { CODE } = fromCodes;
const { ENTRY_WORDS, NEW } = fromIdempotency;
const { INSTRUMENT } = fromInstruments;
const { LEVEL, LEVEL_WORDS, TOUCHED_WORDS } = fromBooks;

// An order passes through dozens of small methods, more than V8 by default puts into one compiled function. Results do not
// change, speed does: the whole path 1.2 times, replay 1.4 times (`npm run bench -- engine path recovery`).
setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000');
setFlagsFromString('--max-inlined-bytecode-size=1500');

export class Core {
  readonly state = new State();
  readonly output = new CommandOutput();
  readonly #outcome = new Outcome();
  readonly #events = new EventWriter(this.output);
  readonly #gate = new RiskGate(this.state);
  readonly #open = new OpenOrders(this.state, this.#events);
  readonly #charges = new Charges(this.state, this.#events);
  readonly #matching = new Matching(this.state, this.#events, this.#open, this.#charges);
  readonly #entry = new OrderEntry(this.#events, this.#matching, this.#open);
  readonly #parts = { state: this.state, events: this.#events, outcome: this.#outcome, gate: this.#gate, open: this.#open, matching: this.#matching, entry: this.#entry };
  readonly #administration = new Administration(this.state, this.#events, this.#outcome);
  readonly #trading = new Trading(this.#parts);
  readonly #amend = new Amend(this.#parts);
  readonly #venueLevels = new VenueLevels(this.#parts);
  readonly #cancelMany = new CancelMany(this.state, this.#open, this.#outcome);
  readonly #expiry = new Expiry(this.state, this.#open, this.#cancelMany);
  readonly #auction = new Auction(this.state, this.#events, this.#charges);
  readonly #venueFeeds = new VenueFeeds({ ...this.#parts, cancelMany: this.#cancelMany, auction: this.#auction });
  readonly #instrumentStates = new InstrumentStates(this.state, this.#events, this.#outcome, this.#auction, this.#expiry);

  /**
   * Applies the command at record `index`, whose sequence and time are filled in; appends to `output`. First what has
   * expired by its time goes, then the command is done, then the stops that it elected, then its levels are announced.
   */
  apply(views: RecordViews, index: number): void {
    const { state, output } = this;
    const word = index * RECORD_WORDS;
    output.commandSequence = views.numbers[index * RECORD_NUMBERS + COMMAND.SEQUENCE_NUMBER]!;
    output.timestampLow = views.words[word + COMMAND.TIMESTAMP]!;
    output.timestampHigh = views.words[word + COMMAND.TIMESTAMP + 1]!;
    state.lastCommandSequence = output.commandSequence;
    state.books.beginCommand();
    this.#expiry.advanceTo(output.timestampLow, output.timestampHigh);
    const keyed = isKeyed(views.words, word);
    const entry = keyed ? state.idempotency.claim(views.words, word) : NEW;
    const result = output.addResult();
    this.#outcome.reset();
    if (entry < 0) this.#dispatch(views, index);
    if (state.stops.electedHead >= 0) this.#trading.workElected();
    if (state.books.touchedCount > 0) this.#announceLevels();
    this.#instrumentStates.announceEntered();
    if (entry >= 0) {
      this.#answerAgain(views, index, result, entry);
    } else {
      this.#writeResult(result);
      if (keyed) state.idempotency.settle(output.results.words, result * RECORD_WORDS);
    }
    this.#address(views, index, result);
    state.lastEventSequence = output.lastEventSequence;
  }

  #dispatch(views: RecordViews, index: number): void {
    switch (views.words[index * RECORD_WORDS + COMMAND.KIND]) {
      case COMMAND_KIND.PLACE_ORDER:
        return this.#trading.placeOrder(views, index);
      case COMMAND_KIND.CANCEL_ORDER:
        return this.#trading.cancelOrder(views, index);
      case COMMAND_KIND.SET_VENUE_LEVEL:
        return this.#venueLevels.setLevel(views, index);
      case COMMAND_KIND.REGISTER_INSTRUMENT:
        return this.#administration.registerInstrument(views, index);
      case COMMAND_KIND.OPEN_ACCOUNT:
        return this.#administration.openAccount(views, index);
      case COMMAND_KIND.ADJUST_CASH:
        return this.#administration.adjustCash(views, index);
      case COMMAND_KIND.SET_RISK_LIMITS:
        return this.#administration.setRiskLimits(views, index);
      case COMMAND_KIND.SET_TRADING_STATE:
        return this.#administration.setTradingState(views, index);
      case COMMAND_KIND.AMEND_ORDER:
        return this.#amend.amendOrder(views, index);
      case COMMAND_KIND.MASS_CANCEL:
        return this.#cancelMany.massCancel(views, index);
      case COMMAND_KIND.SET_INSTRUMENT_STATE:
        return this.#instrumentStates.setState(views, index);
      case COMMAND_KIND.SET_FEES:
        return this.#administration.setFees(views, index);
      case COMMAND_KIND.SET_FEED_STATE:
        return this.#venueFeeds.setState(views, index);
      case COMMAND_KIND.PRINT_TRADE:
        return this.#venueFeeds.printTrade(views, index);
      case COMMAND_KIND.ADVANCE_TIME:
        return;
      default:
        throw new Error(`command ${this.output.commandSequence} has unknown kind ${views.words[index * RECORD_WORDS + COMMAND.KIND]}`);
    }
  }

  /** One LevelChanged per level that the command touched, in the order of touching. */
  #announceLevels(): void {
    const { books, instruments } = this.state;
    let anyCollects = false;
    for (let at = 0; at < TOUCHED_WORDS * books.touchedCount; at += TOUCHED_WORDS) {
      const instrument = books.touched[at]!;
      const side = books.touched[at + 1]!;
      const price = books.touched[at + 2]!;
      const level = books.touched[at + 3]!;
      const lots = level < 0 ? 0 : books.shownQuantity(level);
      const orders = level < 0 ? 0 : books.levelWords[level * LEVEL_WORDS + LEVEL.ORDERS]!;
      this.#events.levelChanged(instruments.word(instrument, INSTRUMENT.NUMBER), side, price, lots, orders);
      instruments.setWord(instrument, INSTRUMENT.CHANGED_TIMESTAMP, this.output.timestampLow);
      instruments.setWord(instrument, INSTRUMENT.CHANGED_TIMESTAMP + 1, this.output.timestampHigh);
      anyCollects ||= collects(instruments.word(instrument, INSTRUMENT.STATE));
    }
    if (anyCollects) this.#announceAuctions();
  }

  /** What the touched instruments that collect orders would trade now. */
  #announceAuctions(): void {
    const { books, instruments } = this.state;
    let before = -1;
    for (let at = 0; at < TOUCHED_WORDS * books.touchedCount; at += TOUCHED_WORDS) {
      const instrument = books.touched[at]!;
      if (instrument !== before && collects(instruments.word(instrument, INSTRUMENT.STATE))) this.#auction.announce(instrument);
      before = instrument;
    }
  }

  #writeResult(result: number): void {
    const { words, numbers } = this.output.results;
    const word = result * RECORD_WORDS;
    const number = result * RECORD_NUMBERS;
    const outcome = this.#outcome;
    let flags = outcome.replayed ? RESULT_REPLAYED : 0;
    if (!Number.isNaN(outcome.limit)) {
      flags |= RESULT_HAS_LIMIT | RESULT_HAS_OBSERVED;
      numbers[number + RESULT.LIMIT_NUMBER] = outcome.limit;
      numbers[number + RESULT.OBSERVED_NUMBER] = outcome.observed;
    }
    words[word + RESULT.KIND] = RESULT_KIND;
    words[word + RESULT.OUTCOME] = outcome.code | (outcome.status << 8) | (flags << 16);
    words[word + RESULT.FILLED] = outcome.filledLots;
    words[word + RESULT.TIMESTAMP] = this.output.timestampLow;
    words[word + RESULT.TIMESTAMP + 1] = this.output.timestampHigh;
    numbers[number + RESULT.SEQUENCE_NUMBER] = this.output.commandSequence;
    numbers[number + RESULT.ORDER_ID_NUMBER] = outcome.orderId;
    numbers[number + RESULT.LAST_EVENT_NUMBER] = this.output.lastEventSequence;
  }

  /** A repeated command: the first one's outcome. Other terms under a used id: refused, and nothing happens. */
  #answerAgain(views: RecordViews, index: number, result: number, entry: number): void {
    const { idempotency } = this.state;
    if (!idempotency.sameTerms(entry, views.words, index * RECORD_WORDS)) {
      this.#outcome.refuse(CODE.DUPLICATE_CLIENT_ORDER_ID);
      return this.#writeResult(result);
    }
    const words = this.output.results.words;
    const word = result * RECORD_WORDS;
    for (let i = 0; i < RESULT_WORDS; i++) words[word + i] = idempotency.entries[entry * ENTRY_WORDS + i]!;
    words[word + RESULT.OUTCOME]! |= RESULT_REPLAYED << 16;
  }

  /** Where the gateway sends the result, and when the engine has to advance time by itself. Nothing of it is state. */
  #address(views: RecordViews, index: number, result: number): void {
    const { words, numbers } = this.output.results;
    words[result * RECORD_WORDS + RESULT.REQUEST_ID] = views.words[index * RECORD_WORDS + COMMAND.REQUEST_ID]!;
    words[result * RECORD_WORDS + RESULT.STREAM] = views.words[index * RECORD_WORDS + COMMAND.STREAM]!;
    numbers[result * RECORD_NUMBERS + RESULT.DUE_NUMBER] = this.state.books.expiries.dueMicros;
    numbers[result * RECORD_NUMBERS + RESULT.RECEIVED_NUMBER] = views.numbers[index * RECORD_NUMBERS + COMMAND.RECEIVED_NUMBER]!;
  }
}

/** Users' commands that carry a clientOrderId are recognised when repeated. */
function isKeyed(words: Int32Array, word: number): boolean {
  const kind = words[word + COMMAND.KIND];
  return (kind === COMMAND_KIND.PLACE_ORDER || kind === COMMAND_KIND.ADJUST_CASH) && words[word + COMMAND.ACCOUNT]! >= FIRST_USER_ACCOUNT;
}

