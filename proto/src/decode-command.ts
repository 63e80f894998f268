// From a record back to the command that it holds: for those who read a journal, and to prove the encoder in tests.

import { assertNever } from '@mib/model/assert-never';
import { FEED_STATES, INSTRUMENT_STATES, ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE, TRADING_STATES } from '@mib/model/trading';
import { formatStep } from './command-rules.ts';
import { COMMAND_KINDS, fromCode } from './engine-codes.ts';
import type { JournalledCommand, PlaceOrder } from './engine-commands.ts';
import { COMMAND, FLAG_POST_ONLY, STP_MASK, STP_SHIFT } from './layout-command.ts';
import { readAscii, readCurrency, RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS, TEXT_BYTE, TEXT_LENGTH_WORD, type RecordViews } from './layout-record.ts';

/** @throws when the record at `index` is no command; what encodeCommand wrote or checkCommand passed always is one. */
export function decodeCommand(views: RecordViews, index: number): JournalledCommand {
  const { words, numbers } = views;
  const word = index * RECORD_WORDS;
  const kind = known(COMMAND_KINDS, words[word + COMMAND.KIND]!, 'kind');
  const accountNumber = words[word + COMMAND.ACCOUNT]!;
  const instrumentNumber = words[word + COMMAND.INSTRUMENT]!;
  const quantity = numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]!;
  switch (kind) {
    case 'RegisterInstrument':
      return {
        kind,
        instrumentNumber,
        instrumentId: text(views, index),
        tickSize: formatStep(quantity, words[word + COMMAND.TICK_SCALE]!),
        lotSize: formatStep(numbers[index * RECORD_NUMBERS + COMMAND.LOT_UNITS_NUMBER]!, words[word + COMMAND.LOT_SCALE]!),
        currency: readCurrency(views, index * RECORD_BYTES),
        cashScale: words[word + COMMAND.CASH_SCALE]!,
      };
    case 'OpenAccount':
      return { kind, accountNumber };
    case 'AdjustCash':
      return { kind, accountNumber, currency: readCurrency(views, index * RECORD_BYTES), amountUnits: quantity, clientOrderId: text(views, index) };
    case 'PlaceOrder':
      return decodeOrder(views, index);
    case 'CancelOrder':
      return { kind, accountNumber, orderId: quantity };
    case 'SetRiskLimits':
      return { kind, accountNumber, instrumentNumber, maxPositionLots: quantity, collarBasisPoints: words[word + COMMAND.COLLAR]! };
    case 'SetTradingState':
      return { kind, accountNumber, state: known(TRADING_STATES, words[word + COMMAND.STATE]!, 'state') };
    case 'SetVenueLevel':
      return { kind, accountNumber, instrumentNumber, side: known(SIDES, words[word + COMMAND.SIDE]!, 'side'), priceTicks: words[word + COMMAND.PRICE]!, quantityLots: quantity };
    case 'AmendOrder':
      return {
        kind,
        accountNumber,
        orderId: quantity,
        limitPriceTicks: words[word + COMMAND.PRICE]! || undefined,
        quantityLots: numbers[index * RECORD_NUMBERS + COMMAND.AMENDED_QUANTITY_NUMBER]! || undefined,
        triggerTicks: words[word + COMMAND.TRIGGER]! || undefined,
      };
    case 'MassCancel':
      return { kind, accountNumber, instrumentNumber, side: fromCode(SIDES, words[word + COMMAND.SIDE]!) };
    case 'SetInstrumentState':
      return { kind, instrumentNumber, state: known(INSTRUMENT_STATES, words[word + COMMAND.STATE]!, 'state') };
    case 'SetFees':
      return { kind, instrumentNumber, makerPpm: words[word + COMMAND.MAKER_PPM]!, takerPpm: words[word + COMMAND.TAKER_PPM]! };
    case 'SetFeedState':
      return { kind, accountNumber, instrumentNumber, state: known(FEED_STATES, words[word + COMMAND.STATE]!, 'state') };
    case 'PrintTrade':
      return {
        kind,
        accountNumber,
        instrumentNumber,
        side: known(SIDES, words[word + COMMAND.SIDE]!, 'side'),
        priceTicks: words[word + COMMAND.PRICE]!,
        quantityLots: quantity,
        quantityUnits: numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_UNITS_NUMBER]!,
        quantityScale: words[word + COMMAND.QUANTITY_SCALE]!,
        venueTradeId: numbers[index * RECORD_NUMBERS + COMMAND.VENUE_TRADE_NUMBER]!,
        venueTimeNs: String(views.longs[index * RECORD_NUMBERS + COMMAND.VENUE_TIME_LONG]!),
      };
    case 'AdvanceTime':
      return { kind };
    default:
      return assertNever(kind);
  }
}

function decodeOrder(views: RecordViews, index: number): PlaceOrder {
  const { words, numbers } = views;
  const word = index * RECORD_WORDS;
  const flags = words[word + COMMAND.FLAGS]!;
  return {
    kind: 'PlaceOrder',
    accountNumber: words[word + COMMAND.ACCOUNT]!,
    clientOrderId: text(views, index),
    instrumentNumber: words[word + COMMAND.INSTRUMENT]!,
    side: known(SIDES, words[word + COMMAND.SIDE]!, 'side'),
    type: known(ORDER_TYPES, words[word + COMMAND.TYPE]!, 'type'),
    tif: known(TIMES_IN_FORCE, words[word + COMMAND.TIF]!, 'tif'),
    limitPriceTicks: words[word + COMMAND.PRICE]! || undefined,
    quantityLots: numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]!,
    triggerTicks: words[word + COMMAND.TRIGGER]! || undefined,
    displayLots: words[word + COMMAND.DISPLAY]! || undefined,
    expireMicros: numbers[index * RECORD_NUMBERS + COMMAND.EXPIRE_NUMBER]! || undefined,
    postOnly: (flags & FLAG_POST_ONLY) !== 0,
    selfTradePrevention: SELF_TRADE_PREVENTIONS[(flags >> STP_SHIFT) & STP_MASK]!,
  };
}

function text(views: RecordViews, index: number): string {
  return readAscii(views, index * RECORD_BYTES + TEXT_BYTE, views.words[index * RECORD_WORDS + TEXT_LENGTH_WORD]!);
}

function known<T extends string>(list: readonly T[], code: number, what: string): T {
  const member = fromCode(list, code);
  if (member === undefined) throw new Error(`command record has unknown ${what} ${code}`);
  return member;
}
