// The core's sentences: one method per kind of event, from indices and numbers to a record.

import * as fromLayoutCommand from '@mib/proto/layout-command';
import * as fromLayoutEvent from '@mib/proto/layout-event';
import * as fromLayoutRecord from '@mib/proto/layout-record';
import type { RecordViews } from '@mib/proto/layout-record';
import * as fromLayoutResult from '@mib/proto/layout-result';
import * as fromBooks from './books.ts';
import { copyEight } from './copy-words.ts';
import type { CommandOutput } from './command-output.ts';
import * as fromOrderArena from './order-arena.ts';
import type { OrderArena } from './order-arena.ts';
import type { OrderRequest } from './order-request.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { COMMAND, TIF } = fromLayoutCommand;
const { EVENT, EVENT_KIND, ORDER_FLAGS_SHIFT, TRADE_IN_AUCTION, TRADE_IS_PRINT } = fromLayoutEvent;
const { CURRENCY_WORD, RECORD_NUMBERS, RECORD_WORDS, TEXT_LENGTH_WORD, TEXT_WORD } = fromLayoutRecord;
const { RESULT_HAS_LIMIT, RESULT_HAS_OBSERVED } = fromLayoutResult;
const { BUY_SIDE } = fromBooks;
const { ORDER, ORDER_NUMBERS, ORDER_WORDS } = fromOrderArena;

export class EventWriter {
  readonly output: CommandOutput;

  constructor(output: CommandOutput) {
    this.output = output;
  }

  orderAccepted(request: OrderRequest, command: Int32Array, commandWord: number): void {
    const index = this.output.addEvent(EVENT_KIND.ORDER_ACCEPTED, request.instrumentNumber);
    this.#orderTerms(index, request, command, commandWord, 0);
    this.output.events.words[index * RECORD_WORDS + EVENT.DISPLAY] = request.display;
  }

  orderDenied(request: OrderRequest, code: number, command: Int32Array, commandWord: number): void {
    const index = this.output.addEvent(EVENT_KIND.ORDER_DENIED, request.instrumentNumber);
    this.#orderTerms(index, request, command, commandWord, code);
    if (Number.isNaN(request.limit)) return;
    const { words, numbers } = this.output.events;
    numbers[index * RECORD_NUMBERS + EVENT.LIMIT_NUMBER] = request.limit;
    numbers[index * RECORD_NUMBERS + EVENT.OBSERVED_NUMBER] = request.observed;
    words[index * RECORD_WORDS + EVENT.LIMIT_FLAGS]! |= RESULT_HAS_LIMIT | RESULT_HAS_OBSERVED;
  }

  /** A trade of the request with the resting order `maker`, which still has what it had before; fees and the maker's account follow. */
  tradeOf(request: OrderRequest, orders: OrderArena, maker: number, lots: number, takerRemaining: number): number {
    const index = this.output.addEvent(EVENT_KIND.TRADE, request.instrumentNumber);
    const { words, numbers } = this.output.events;
    const word = index * RECORD_WORDS;
    const number = index * RECORD_NUMBERS;
    const at = maker * ORDER_WORDS;
    numbers[number + EVENT.ORDER_ID_NUMBER] = request.id;
    numbers[number + EVENT.MAKER_ORDER_ID_NUMBER] = orders.ids[maker * ORDER_NUMBERS]!;
    words[word + EVENT.ACCOUNT] = request.accountNumber;
    words[word + EVENT.TERMS] = sideCode(request.side);
    words[word + EVENT.PRICE] = orders.words[at + ORDER.PRICE]!;
    words[word + EVENT.QUANTITY] = lots;
    words[word + EVENT.TAKER_REMAINING] = takerRemaining;
    words[word + EVENT.MAKER_REMAINING] = orders.words[at + ORDER.REMAINING]! - lots;
    return index;
  }

  tradeMakerAccount(index: number, accountNumber: number): void {
    this.output.events.words[index * RECORD_WORDS + EVENT.MAKER_ACCOUNT] = accountNumber;
  }

  /** Only what the trade itself knows; taker, maker and fees are added to the same record. @returns the record's index. */
  trade(instrumentNumber: number, takerSide: number, price: number, lots: number): number {
    const index = this.output.addEvent(EVENT_KIND.TRADE, instrumentNumber);
    const words = this.output.events.words;
    const word = index * RECORD_WORDS;
    words[word + EVENT.TERMS] = sideCode(takerSide);
    words[word + EVENT.PRICE] = price;
    words[word + EVENT.QUANTITY] = lots;
    return index;
  }

  tradeTaker(index: number, orderId: number, accountNumber: number, remainingLots: number): void {
    const { words, numbers } = this.output.events;
    numbers[index * RECORD_NUMBERS + EVENT.ORDER_ID_NUMBER] = orderId;
    words[index * RECORD_WORDS + EVENT.ACCOUNT] = accountNumber;
    words[index * RECORD_WORDS + EVENT.TAKER_REMAINING] = remainingLots;
  }

  tradeMaker(index: number, orderId: number, accountNumber: number, remainingLots: number): void {
    const { words, numbers } = this.output.events;
    numbers[index * RECORD_NUMBERS + EVENT.MAKER_ORDER_ID_NUMBER] = orderId;
    words[index * RECORD_WORDS + EVENT.MAKER_ACCOUNT] = accountNumber;
    words[index * RECORD_WORDS + EVENT.MAKER_REMAINING] = remainingLots;
  }

  /** Records begin as zeros: without fees nothing is written. */
  tradeFees(index: number, takerFee: number, makerFee: number): void {
    const numbers = this.output.events.numbers;
    if (takerFee !== 0) numbers[index * RECORD_NUMBERS + EVENT.TAKER_FEE_NUMBER] = takerFee;
    if (makerFee !== 0) numbers[index * RECORD_NUMBERS + EVENT.MAKER_FEE_NUMBER] = makerFee;
  }

  tradeInAuction(index: number): void {
    this.output.events.words[index * RECORD_WORDS + EVENT.TERMS]! |= TRADE_IN_AUCTION;
  }

  /** What a venue's print at record `record` of `command` knows besides. */
  tradePrint(index: number, command: RecordViews, record: number): void {
    const { words, numbers, longs } = this.output.events;
    const number = index * RECORD_NUMBERS;
    words[index * RECORD_WORDS + EVENT.TERMS]! |= TRADE_IS_PRINT;
    words[index * RECORD_WORDS + EVENT.QUANTITY_SCALE] = command.words[record * RECORD_WORDS + COMMAND.QUANTITY_SCALE]!;
    numbers[number + EVENT.QUANTITY_UNITS_NUMBER] = command.numbers[record * RECORD_NUMBERS + COMMAND.QUANTITY_UNITS_NUMBER]!;
    numbers[number + EVENT.VENUE_TRADE_NUMBER] = command.numbers[record * RECORD_NUMBERS + COMMAND.VENUE_TRADE_NUMBER]!;
    longs[number + EVENT.VENUE_TIME_LONG] = command.longs[record * RECORD_NUMBERS + COMMAND.VENUE_TIME_LONG]!;
  }

  orderCanceled(orderId: number, accountNumber: number, instrumentNumber: number, remainingLots: number, reason: number): void {
    const index = this.output.addEvent(EVENT_KIND.ORDER_CANCELED, instrumentNumber);
    const { words, numbers } = this.output.events;
    numbers[index * RECORD_NUMBERS + EVENT.ORDER_ID_NUMBER] = orderId;
    words[index * RECORD_WORDS + EVENT.ACCOUNT] = accountNumber;
    words[index * RECORD_WORDS + EVENT.TERMS] = reason;
    words[index * RECORD_WORDS + EVENT.QUANTITY] = remainingLots;
  }

  /** @param price - of the trade that elected the stop. */
  orderTriggered(request: OrderRequest, price: number): void {
    const index = this.output.addEvent(EVENT_KIND.ORDER_TRIGGERED, request.instrumentNumber);
    const { words, numbers } = this.output.events;
    const word = index * RECORD_WORDS;
    numbers[index * RECORD_NUMBERS + EVENT.ORDER_ID_NUMBER] = request.id;
    words[word + EVENT.ACCOUNT] = request.accountNumber;
    words[word + EVENT.TERMS] = sideCode(request.side);
    words[word + EVENT.PRICE] = price;
  }

  orderAmended(request: OrderRequest, keptPriority: boolean): void {
    const index = this.output.addEvent(EVENT_KIND.ORDER_AMENDED, request.instrumentNumber);
    const { words, numbers } = this.output.events;
    const word = index * RECORD_WORDS;
    numbers[index * RECORD_NUMBERS + EVENT.ORDER_ID_NUMBER] = request.id;
    words[word + EVENT.ACCOUNT] = request.accountNumber;
    words[word + EVENT.TERMS] = keptPriority ? 1 : 0;
    words[word + EVENT.PRICE] = request.limitPrice;
    words[word + EVENT.QUANTITY] = request.filledLots + request.lots;
    words[word + EVENT.REMAINING] = request.lots;
    words[word + EVENT.TRIGGER] = request.trigger;
  }

  levelChanged(instrumentNumber: number, side: number, price: number, lots: number, orders: number): void {
    const index = this.output.addEvent(EVENT_KIND.LEVEL_CHANGED, instrumentNumber);
    const { words, numbers } = this.output.events;
    words[index * RECORD_WORDS + EVENT.TERMS] = sideCode(side);
    words[index * RECORD_WORDS + EVENT.PRICE] = price;
    words[index * RECORD_WORDS + EVENT.QUANTITY] = orders;
    numbers[index * RECORD_NUMBERS + EVENT.TOTAL_NUMBER] = lots;
  }

  accountOpened(accountNumber: number): void {
    const index = this.output.addEvent(EVENT_KIND.ACCOUNT_OPENED, 0);
    this.output.events.words[index * RECORD_WORDS + EVENT.ACCOUNT] = accountNumber;
  }

  cashAdjusted(command: RecordViews, record: number, totalUnits: number): void {
    const index = this.output.addEvent(EVENT_KIND.CASH_ADJUSTED, 0);
    const { words, numbers } = this.output.events;
    words[index * RECORD_WORDS + EVENT.ACCOUNT] = command.words[record * RECORD_WORDS + COMMAND.ACCOUNT]!;
    numbers[index * RECORD_NUMBERS + EVENT.AMOUNT_NUMBER] = command.numbers[record * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]!;
    numbers[index * RECORD_NUMBERS + EVENT.TOTAL_NUMBER] = totalUnits;
    this.#text(index, command.words, record * RECORD_WORDS);
    this.#currency(index, command.words, record * RECORD_WORDS);
  }

  instrumentRegistered(command: RecordViews, record: number): void {
    const from = command.words;
    const word = record * RECORD_WORDS;
    const index = this.output.addEvent(EVENT_KIND.INSTRUMENT_REGISTERED, from[word + COMMAND.INSTRUMENT]!);
    const { words, numbers } = this.output.events;
    words[index * RECORD_WORDS + EVENT.TERMS] = from[word + COMMAND.TICK_SCALE]! | (from[word + COMMAND.LOT_SCALE]! << 8) | (from[word + COMMAND.CASH_SCALE]! << 16);
    numbers[index * RECORD_NUMBERS + EVENT.AMOUNT_NUMBER] = command.numbers[record * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]!;
    numbers[index * RECORD_NUMBERS + EVENT.TOTAL_NUMBER] = command.numbers[record * RECORD_NUMBERS + COMMAND.LOT_UNITS_NUMBER]!;
    this.#text(index, from, word);
    this.#currency(index, from, word);
  }

  riskLimitsSet(accountNumber: number, instrumentNumber: number, maxPositionLots: number, collarBasisPoints: number): void {
    const index = this.output.addEvent(EVENT_KIND.RISK_LIMITS_SET, instrumentNumber);
    const { words, numbers } = this.output.events;
    words[index * RECORD_WORDS + EVENT.ACCOUNT] = accountNumber;
    words[index * RECORD_WORDS + EVENT.PRICE] = collarBasisPoints;
    numbers[index * RECORD_NUMBERS + EVENT.AMOUNT_NUMBER] = maxPositionLots;
  }

  tradingStateSet(accountNumber: number, state: number): void {
    const index = this.output.addEvent(EVENT_KIND.TRADING_STATE_SET, 0);
    const words = this.output.events.words;
    words[index * RECORD_WORDS + EVENT.ACCOUNT] = accountNumber;
    words[index * RECORD_WORDS + EVENT.TERMS] = state;
  }

  instrumentStateSet(instrumentNumber: number, state: number, uncrossPrice: number, uncrossLots: number): void {
    const index = this.output.addEvent(EVENT_KIND.INSTRUMENT_STATE_SET, instrumentNumber);
    const { words, numbers } = this.output.events;
    words[index * RECORD_WORDS + EVENT.TERMS] = state;
    words[index * RECORD_WORDS + EVENT.PRICE] = uncrossPrice;
    numbers[index * RECORD_NUMBERS + EVENT.TOTAL_NUMBER] = uncrossLots;
  }

  feedStateSet(accountNumber: number, instrumentNumber: number, state: number): void {
    const index = this.output.addEvent(EVENT_KIND.FEED_STATE_SET, instrumentNumber);
    const words = this.output.events.words;
    words[index * RECORD_WORDS + EVENT.ACCOUNT] = accountNumber;
    words[index * RECORD_WORDS + EVENT.TERMS] = state;
  }

  feesSet(instrumentNumber: number, makerPpm: number, takerPpm: number): void {
    const index = this.output.addEvent(EVENT_KIND.FEES_SET, instrumentNumber);
    const words = this.output.events.words;
    words[index * RECORD_WORDS + EVENT.MAKER_PPM] = makerPpm;
    words[index * RECORD_WORDS + EVENT.TAKER_PPM] = takerPpm;
  }

  indicativePriceChanged(instrumentNumber: number, price: number, lots: number, imbalanceLots: number): void {
    const index = this.output.addEvent(EVENT_KIND.INDICATIVE_PRICE_CHANGED, instrumentNumber);
    const { words, numbers } = this.output.events;
    words[index * RECORD_WORDS + EVENT.PRICE] = price;
    numbers[index * RECORD_NUMBERS + EVENT.TOTAL_NUMBER] = lots;
    numbers[index * RECORD_NUMBERS + EVENT.IMBALANCE_NUMBER] = imbalanceLots;
  }

  #orderTerms(index: number, request: OrderRequest, command: Int32Array, commandWord: number, code: number): void {
    const { words, numbers } = this.output.events;
    const word = index * RECORD_WORDS;
    numbers[index * RECORD_NUMBERS + EVENT.ORDER_ID_NUMBER] = request.id;
    words[word + EVENT.ACCOUNT] = request.accountNumber;
    words[word + EVENT.TERMS] = sideCode(request.side) | (request.type << 8) | (request.tif << 16) | (code << 24);
    words[word + EVENT.PRICE] = request.limitPrice;
    words[word + EVENT.QUANTITY] = request.lots;
    words[word + EVENT.TRIGGER] = request.trigger;
    words[word + EVENT.LIMIT_FLAGS] = request.flags << ORDER_FLAGS_SHIFT;
    if (request.tif === TIF.GTD) numbers[index * RECORD_NUMBERS + EVENT.EXPIRE_NUMBER] = request.expireMicros;
    this.#text(index, command, commandWord);
  }

  #text(index: number, from: Int32Array, fromWord: number): void {
    const words = this.output.events.words;
    const word = index * RECORD_WORDS;
    copyEight(words, word + TEXT_WORD, from, fromWord + TEXT_WORD);
    words[word + TEXT_LENGTH_WORD - 1] = from[fromWord + TEXT_LENGTH_WORD - 1]!;
    words[word + TEXT_LENGTH_WORD] = from[fromWord + TEXT_LENGTH_WORD]!;
  }

  #currency(index: number, from: Int32Array, fromWord: number): void {
    const words = this.output.events.words;
    words[index * RECORD_WORDS + CURRENCY_WORD] = from[fromWord + CURRENCY_WORD]!;
    words[index * RECORD_WORDS + CURRENCY_WORD + 1] = from[fromWord + CURRENCY_WORD + 1]!;
  }
}

/** Sides count from 0 in the book and from 1 on the wire. */
function sideCode(side: number): number {
  return side === BUY_SIDE ? 1 : 2;
}
