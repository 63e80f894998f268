// From an event record to the union that subscribers switch over.

import { FEED_STATES, INSTRUMENT_STATES, ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE, TRADING_STATES } from '@mib/model/trading';
import { assertNever } from '@mib/model/assert-never';
import { formatStep } from './command-rules.ts';
import { CANCEL_REASONS, EVENT_KINDS, fromCode, REJECT_CODES, type RejectCode } from './engine-codes.ts';
import type { EngineEvent, VenuePrint } from './engine-events.ts';
import { FLAG_POST_ONLY, STP_MASK, STP_SHIFT } from './layout-command.ts';
import { EVENT, ORDER_FLAGS_SHIFT, TRADE_IN_AUCTION, TRADE_IS_PRINT } from './layout-event.ts';
import { readAscii, readCurrency, RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS, TEXT_BYTE, TEXT_LENGTH_WORD, type RecordViews } from './layout-record.ts';
import { RESULT_HAS_LIMIT, RESULT_HAS_OBSERVED } from './layout-result.ts';

/** @throws when the record at `index` is none that this version writes. */
export function decodeEvent(views: RecordViews, index: number): EngineEvent {
  const { words, numbers } = views;
  const word = index * RECORD_WORDS;
  const number = index * RECORD_NUMBERS;
  const terms = words[word + EVENT.TERMS]!;
  const head = {
    sequence: numbers[number + EVENT.SEQUENCE_NUMBER]!,
    commandSequence: numbers[number + EVENT.COMMAND_NUMBER]!,
    timestampNs: views.longs[number + EVENT.TIMESTAMP_LONG]!,
  };
  const accountNumber = words[word + EVENT.ACCOUNT]!;
  const instrumentNumber = words[word + EVENT.INSTRUMENT]!;
  const kind = known(EVENT_KINDS, words[word + EVENT.KIND]!, 'event kind');
  switch (kind) {
    case 'InstrumentRegistered':
      return {
        kind,
        ...head,
        instrumentNumber,
        instrumentId: text(views, index),
        tickSize: formatStep(numbers[number + EVENT.AMOUNT_NUMBER]!, terms & 0xff),
        lotSize: formatStep(numbers[number + EVENT.TOTAL_NUMBER]!, (terms >> 8) & 0xff),
        currency: readCurrency(views, index * RECORD_BYTES),
        cashScale: (terms >> 16) & 0xff,
      };
    case 'AccountOpened':
      return { kind, ...head, accountNumber };
    case 'CashAdjusted':
      return {
        kind,
        ...head,
        accountNumber,
        currency: readCurrency(views, index * RECORD_BYTES),
        amountUnits: numbers[number + EVENT.AMOUNT_NUMBER]!,
        totalUnits: numbers[number + EVENT.TOTAL_NUMBER]!,
        clientOrderId: text(views, index),
      };
    case 'OrderAccepted':
      return { kind, ...head, ...orderTerms(views, index), displayLots: words[word + EVENT.DISPLAY]! || null };
    case 'OrderDenied':
      return { kind, ...head, ...orderTerms(views, index), ...denial(views, index) };
    case 'Trade':
      return {
        kind,
        ...head,
        tradeId: head.sequence,
        instrumentNumber,
        priceTicks: words[word + EVENT.PRICE]!,
        quantityLots: words[word + EVENT.QUANTITY]!,
        takerSide: known(SIDES, terms & 0xff, 'side'),
        takerOrderId: numbers[number + EVENT.ORDER_ID_NUMBER]!,
        takerAccountNumber: accountNumber,
        takerRemainingLots: words[word + EVENT.TAKER_REMAINING]!,
        makerOrderId: numbers[number + EVENT.MAKER_ORDER_ID_NUMBER]!,
        makerAccountNumber: words[word + EVENT.MAKER_ACCOUNT]!,
        makerRemainingLots: words[word + EVENT.MAKER_REMAINING]!,
        takerFeeUnits: numbers[number + EVENT.TAKER_FEE_NUMBER]!,
        makerFeeUnits: numbers[number + EVENT.MAKER_FEE_NUMBER]!,
        isAuction: (terms & TRADE_IN_AUCTION) !== 0,
        ...((terms & TRADE_IS_PRINT) !== 0 && { print: print(views, index) }),
      };
    case 'OrderCanceled':
      return {
        kind,
        ...head,
        orderId: numbers[number + EVENT.ORDER_ID_NUMBER]!,
        accountNumber,
        instrumentNumber,
        remainingLots: words[word + EVENT.QUANTITY]!,
        reason: known(CANCEL_REASONS, terms, 'cancel reason'),
      };
    case 'LevelChanged':
      return {
        kind,
        ...head,
        instrumentNumber,
        side: known(SIDES, terms, 'side'),
        priceTicks: words[word + EVENT.PRICE]!,
        quantityLots: numbers[number + EVENT.TOTAL_NUMBER]!,
        orders: words[word + EVENT.QUANTITY]!,
      };
    case 'RiskLimitsSet':
      return {
        kind,
        ...head,
        accountNumber,
        instrumentNumber,
        maxPositionLots: numbers[number + EVENT.AMOUNT_NUMBER]!,
        collarBasisPoints: words[word + EVENT.PRICE]!,
      };
    case 'TradingStateSet':
      return { kind, ...head, accountNumber, state: known(TRADING_STATES, terms, 'trading state') };
    case 'OrderTriggered':
      return {
        kind,
        ...head,
        orderId: numbers[number + EVENT.ORDER_ID_NUMBER]!,
        accountNumber,
        instrumentNumber,
        side: known(SIDES, terms, 'side'),
        priceTicks: words[word + EVENT.PRICE]!,
      };
    case 'OrderAmended':
      return {
        kind,
        ...head,
        orderId: numbers[number + EVENT.ORDER_ID_NUMBER]!,
        accountNumber,
        instrumentNumber,
        limitPriceTicks: words[word + EVENT.PRICE]! || null,
        quantityLots: words[word + EVENT.QUANTITY]!,
        remainingLots: words[word + EVENT.REMAINING]!,
        triggerTicks: words[word + EVENT.TRIGGER]! || null,
        keptPriority: terms !== 0,
      };
    case 'InstrumentStateSet':
      return {
        kind,
        ...head,
        instrumentNumber,
        state: known(INSTRUMENT_STATES, terms, 'instrument state'),
        uncrossPriceTicks: words[word + EVENT.PRICE]! || null,
        uncrossLots: numbers[number + EVENT.TOTAL_NUMBER]!,
      };
    case 'FeesSet':
      return { kind, ...head, instrumentNumber, makerPpm: words[word + EVENT.MAKER_PPM]!, takerPpm: words[word + EVENT.TAKER_PPM]! };
    case 'IndicativePriceChanged':
      return {
        kind,
        ...head,
        instrumentNumber,
        priceTicks: words[word + EVENT.PRICE]! || null,
        quantityLots: numbers[number + EVENT.TOTAL_NUMBER]!,
        imbalanceLots: numbers[number + EVENT.IMBALANCE_NUMBER]!,
      };
    case 'FeedStateSet':
      return { kind, ...head, accountNumber, instrumentNumber, state: known(FEED_STATES, terms, 'feed state') };
    default:
      return assertNever(kind);
  }
}

function orderTerms(views: RecordViews, index: number) {
  const { words, numbers } = views;
  const word = index * RECORD_WORDS;
  const terms = words[word + EVENT.TERMS]!;
  const flags = words[word + EVENT.LIMIT_FLAGS]! >> ORDER_FLAGS_SHIFT;
  return {
    orderId: numbers[index * RECORD_NUMBERS + EVENT.ORDER_ID_NUMBER]!,
    accountNumber: words[word + EVENT.ACCOUNT]!,
    clientOrderId: text(views, index),
    instrumentNumber: words[word + EVENT.INSTRUMENT]!,
    side: known(SIDES, terms & 0xff, 'side'),
    type: known(ORDER_TYPES, (terms >> 8) & 0xff, 'order type'),
    tif: known(TIMES_IN_FORCE, (terms >> 16) & 0xff, 'time in force'),
    limitPriceTicks: words[word + EVENT.PRICE]! || null,
    quantityLots: words[word + EVENT.QUANTITY]!,
    triggerTicks: words[word + EVENT.TRIGGER]! || null,
    expireMicros: numbers[index * RECORD_NUMBERS + EVENT.EXPIRE_NUMBER]! || null,
    postOnly: (flags & FLAG_POST_ONLY) !== 0,
    selfTradePrevention: SELF_TRADE_PREVENTIONS[(flags >> STP_SHIFT) & STP_MASK]!,
  };
}

function print(views: RecordViews, index: number): VenuePrint {
  const number = index * RECORD_NUMBERS;
  return {
    venueTradeId: views.numbers[number + EVENT.VENUE_TRADE_NUMBER]!,
    venueTimeNs: views.longs[number + EVENT.VENUE_TIME_LONG]!,
    quantityUnits: views.numbers[number + EVENT.QUANTITY_UNITS_NUMBER]!,
    quantityScale: views.words[index * RECORD_WORDS + EVENT.QUANTITY_SCALE]!,
  };
}

function denial(views: RecordViews, index: number) {
  const { words, numbers } = views;
  const word = index * RECORD_WORDS;
  const flags = words[word + EVENT.LIMIT_FLAGS]!;
  return {
    code: known(REJECT_CODES, (words[word + EVENT.TERMS]! >> 24) & 0xff, 'reject code') as RejectCode,
    limit: flags & RESULT_HAS_LIMIT ? numbers[index * RECORD_NUMBERS + EVENT.LIMIT_NUMBER]! : null,
    observed: flags & RESULT_HAS_OBSERVED ? numbers[index * RECORD_NUMBERS + EVENT.OBSERVED_NUMBER]! : null,
  };
}

function text(views: RecordViews, index: number): string {
  return readAscii(views, index * RECORD_BYTES + TEXT_BYTE, views.words[index * RECORD_WORDS + TEXT_LENGTH_WORD]!);
}

function known<T extends string>(list: readonly T[], code: number, what: string): T {
  const member = fromCode(list, code);
  if (member === undefined) throw new Error(`event record has unknown ${what} ${code}`);
  return member;
}
