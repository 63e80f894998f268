// The deterministic heart: apply(command) -> events and one result. It reads no clock, no random and no file; time and
// sequence come with the command. The same commands give the same bytes, live, in replay and in a backtest.

import { COMMAND, COMMAND_KIND } from '@mib/proto/layout-command';
import { RECORD_NUMBERS, RECORD_WORDS, type RecordViews } from '@mib/proto/layout-record';
import { RESULT, RESULT_HAS_LIMIT, RESULT_HAS_OBSERVED, RESULT_KIND, RESULT_REPLAYED, RESULT_WORDS } from '@mib/proto/layout-result';
import { FIRST_USER_ACCOUNT } from '@mib/proto/engine-commands';
import { Administration } from './administration.ts';
import { CODE } from './codes.ts';
import { CommandOutput } from './command-output.ts';
import { EventWriter } from './event-writer.ts';
import { ENTRY_WORDS } from './idempotency.ts';
import { INSTRUMENT } from './instruments.ts';
import { LEVEL, LEVEL_WORDS } from './books.ts';
import { Matching } from './matching.ts';
import { Outcome } from './outcome.ts';
import { State } from './state.ts';
import { Trading } from './trading.ts';
import { VenueLevels } from './venue-levels.ts';

export class Core {
  readonly state = new State();
  readonly output = new CommandOutput();
  readonly #outcome = new Outcome();
  readonly #events = new EventWriter(this.output);
  readonly #matching = new Matching(this.state, this.#events);
  readonly #administration = new Administration(this.state, this.#events, this.#outcome);
  readonly #trading = new Trading(this.state, this.#events, this.#matching, this.#outcome);
  readonly #venueLevels = new VenueLevels(this.state, this.#events, this.#matching, this.#outcome);

  /** Applies the command at record `index`, whose sequence and time are filled in; appends to `output`. */
  apply(views: RecordViews, index: number): void {
    const { state, output } = this;
    const word = index * RECORD_WORDS;
    output.commandSequence = views.numbers[index * RECORD_NUMBERS + COMMAND.SEQUENCE_NUMBER]!;
    output.timestampLow = views.words[word + COMMAND.TIMESTAMP]!;
    output.timestampHigh = views.words[word + COMMAND.TIMESTAMP + 1]!;
    state.lastCommandSequence = output.commandSequence;
    const keyed = isKeyed(views.words, word);
    const entry = keyed ? state.idempotency.find(views.words, word) : -1;
    const result = output.addResult();
    if (entry >= 0) {
      this.#answerAgain(views, index, result, entry);
    } else {
      this.#applyNew(views, index, result);
      if (keyed) state.idempotency.remember(views.words, word, output.results.words, result * RECORD_WORDS);
    }
    this.#address(views, index, result);
    state.lastEventSequence = output.lastEventSequence;
  }

  #applyNew(views: RecordViews, index: number, result: number): void {
    this.#outcome.reset();
    this.state.books.beginCommand();
    this.#dispatch(views, index);
    this.#announceLevels(views.words[index * RECORD_WORDS + COMMAND.INSTRUMENT]!);
    this.#writeResult(result);
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
      default:
        throw new Error(`command ${this.output.commandSequence} has unknown kind ${views.words[index * RECORD_WORDS + COMMAND.KIND]}`);
    }
  }

  /** One LevelChanged per level that the command touched, in the order of touching. */
  #announceLevels(instrumentNumber: number): void {
    const { books, instruments } = this.state;
    if (books.touchedCount === 0) return;
    const instrument = this.#outcome.instrument;
    const number = instrumentNumber || instruments.word(instrument, INSTRUMENT.NUMBER);
    for (let i = 0; i < books.touchedCount; i++) {
      const side = books.touched[2 * i]!;
      const price = books.touched[2 * i + 1]!;
      const level = books.side(instrument, side).find(price);
      if (level < 0) this.#events.levelChanged(number, side, price, 0, 0);
      else this.#events.levelChanged(number, side, price, books.levelQuantities[level]!, books.levelWords[level * LEVEL_WORDS + LEVEL.ORDERS]!);
    }
    instruments.setWord(instrument, INSTRUMENT.CHANGED_TIMESTAMP, this.output.timestampLow);
    instruments.setWord(instrument, INSTRUMENT.CHANGED_TIMESTAMP + 1, this.output.timestampHigh);
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
      this.#outcome.reset();
      this.#outcome.refuse(CODE.DUPLICATE_CLIENT_ORDER_ID);
      return this.#writeResult(result);
    }
    const words = this.output.results.words;
    const word = result * RECORD_WORDS;
    for (let i = 0; i < RESULT_WORDS; i++) words[word + i] = idempotency.entries[entry * ENTRY_WORDS + i]!;
    words[word + RESULT.OUTCOME]! |= RESULT_REPLAYED << 16;
  }

  /** Where the gateway sends the result. Nothing of it is state. */
  #address(views: RecordViews, index: number, result: number): void {
    const { words, numbers } = this.output.results;
    words[result * RECORD_WORDS + RESULT.REQUEST_ID] = views.words[index * RECORD_WORDS + COMMAND.REQUEST_ID]!;
    words[result * RECORD_WORDS + RESULT.STREAM] = views.words[index * RECORD_WORDS + COMMAND.STREAM]!;
    numbers[result * RECORD_NUMBERS + RESULT.RECEIVED_NUMBER] = views.numbers[index * RECORD_NUMBERS + COMMAND.RECEIVED_NUMBER]!;
  }
}

/** Users' commands that carry a clientOrderId are recognised when repeated. */
function isKeyed(words: Int32Array, word: number): boolean {
  const kind = words[word + COMMAND.KIND];
  return (kind === COMMAND_KIND.PLACE_ORDER || kind === COMMAND_KIND.ADJUST_CASH) && words[word + COMMAND.ACCOUNT]! >= FIRST_USER_ACCOUNT;
}

