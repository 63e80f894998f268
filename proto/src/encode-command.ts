// From a command to its record. The unary and the packed door and every client share this one encoder.

import { FEED_STATES, INSTRUMENT_STATES, ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE, TRADING_STATES } from '@mib/model/trading';
import { assertNever } from '@mib/model/assert-never';
import { InvalidValueError } from '@mib/model/invalid-value';
import * as rules from './command-rules.ts';
import { codeOf, COMMAND_KINDS } from './engine-codes.ts';
import { FIRST_USER_ACCOUNT, type AmendOrder, type JournalledCommand, type PlaceOrder, type PrintTrade, type RegisterInstrument } from './engine-commands.ts';
import { COMMAND, FLAG_POST_ONLY, STP_SHIFT } from './layout-command.ts';
import { CURRENCY_BYTE, RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS, TEXT_BYTE, TEXT_LENGTH_WORD, writeAscii, type RecordViews } from './layout-record.ts';
import { checkAmendedTerms, checkOrderTerms } from './order-terms.ts';

/**
 * Writes `command` into record `index` of `views`.
 *
 * @param requestId - comes back in the result; unsigned 31 bits.
 * @throws {InvalidValueError} naming the value, and leaves the record half written.
 */
export function encodeCommand(views: RecordViews, index: number, command: JournalledCommand, requestId: number): void {
  const word = index * RECORD_WORDS;
  views.words.fill(0, word, word + RECORD_WORDS);
  views.words[word + COMMAND.KIND] = codeOf(COMMAND_KINDS, command.kind);
  views.words[word + COMMAND.REQUEST_ID] = requestId;
  encodeFields(views, index, command);
}

function encodeFields(views: RecordViews, index: number, command: JournalledCommand): void {
  const { words, numbers } = views;
  const word = index * RECORD_WORDS;
  const quantity = index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER;
  switch (command.kind) {
    case 'RegisterInstrument':
      return encodeInstrument(views, index, command);
    case 'OpenAccount':
      words[word + COMMAND.ACCOUNT] = rules.checkAccount(command.accountNumber);
      return;
    case 'AdjustCash':
      words[word + COMMAND.ACCOUNT] = rules.checkAccount(command.accountNumber);
      numbers[quantity] = rules.checkAmount(command.amountUnits);
      writeCurrency(views, index, command.currency);
      return writeText(views, index, rules.checkClientOrderId(command.clientOrderId, command.accountNumber));
    case 'PlaceOrder':
      return encodeOrder(views, index, command);
    case 'CancelOrder':
      words[word + COMMAND.ACCOUNT] = rules.checkAccount(command.accountNumber);
      numbers[quantity] = rules.checkOrderId(command.orderId);
      return;
    case 'SetRiskLimits':
      words[word + COMMAND.ACCOUNT] = rules.checkAccount(command.accountNumber, FIRST_USER_ACCOUNT);
      words[word + COMMAND.INSTRUMENT] = rules.checkInstrument(command.instrumentNumber, 0);
      words[word + COMMAND.COLLAR] = rules.checkCollar(command.collarBasisPoints);
      numbers[quantity] = rules.checkMaxPosition(command.maxPositionLots);
      return;
    case 'SetTradingState':
      words[word + COMMAND.ACCOUNT] = rules.checkAccount(command.accountNumber, 0);
      words[word + COMMAND.STATE] = member('state', TRADING_STATES, command.state);
      return;
    case 'SetVenueLevel':
      words[word + COMMAND.ACCOUNT] = rules.checkVenueAccount(command.accountNumber);
      words[word + COMMAND.INSTRUMENT] = rules.checkInstrument(command.instrumentNumber);
      words[word + COMMAND.SIDE] = member('side', SIDES, command.side);
      words[word + COMMAND.PRICE] = rules.checkPrice('priceTicks', command.priceTicks);
      numbers[quantity] = rules.checkQuantity(command.quantityLots, 0);
      return;
    case 'AmendOrder':
      return encodeAmendment(views, index, command);
    case 'MassCancel':
      words[word + COMMAND.ACCOUNT] = rules.checkAccount(command.accountNumber, 0);
      words[word + COMMAND.INSTRUMENT] = rules.checkInstrument(command.instrumentNumber, 0);
      words[word + COMMAND.SIDE] = command.side === undefined ? 0 : member('side', SIDES, command.side);
      return;
    case 'SetInstrumentState':
      words[word + COMMAND.INSTRUMENT] = rules.checkInstrument(command.instrumentNumber);
      words[word + COMMAND.STATE] = member('state', INSTRUMENT_STATES, command.state);
      return;
    case 'SetFees':
      words[word + COMMAND.INSTRUMENT] = rules.checkInstrument(command.instrumentNumber, 0);
      words[word + COMMAND.MAKER_PPM] = rules.checkMakerFee(command.makerPpm);
      words[word + COMMAND.TAKER_PPM] = rules.checkTakerFee(command.takerPpm);
      return;
    case 'SetFeedState':
      words[word + COMMAND.ACCOUNT] = rules.checkVenueAccount(command.accountNumber);
      words[word + COMMAND.INSTRUMENT] = rules.checkInstrument(command.instrumentNumber);
      words[word + COMMAND.STATE] = member('state', FEED_STATES, command.state);
      return;
    case 'PrintTrade':
      return encodePrint(views, index, command);
    case 'AdvanceTime':
      return;
    default:
      assertNever(command);
  }
}

function encodeInstrument(views: RecordViews, index: number, command: RegisterInstrument): void {
  const { words, numbers } = views;
  const word = index * RECORD_WORDS;
  const tick = rules.parseStep('tickSize', command.tickSize);
  const lot = rules.parseStep('lotSize', command.lotSize);
  rules.cashPerTickLot(tick, lot, rules.checkCashScale(command.cashScale));
  words[word + COMMAND.INSTRUMENT] = rules.checkInstrument(command.instrumentNumber);
  words[word + COMMAND.TICK_SCALE] = tick.scale;
  words[word + COMMAND.LOT_SCALE] = lot.scale;
  words[word + COMMAND.CASH_SCALE] = command.cashScale;
  numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER] = tick.units;
  numbers[index * RECORD_NUMBERS + COMMAND.LOT_UNITS_NUMBER] = lot.units;
  writeCurrency(views, index, command.currency);
  writeText(views, index, rules.checkInstrumentId(command.instrumentId));
}

function encodeOrder(views: RecordViews, index: number, command: PlaceOrder): void {
  const { words } = views;
  const word = index * RECORD_WORDS;
  words[word + COMMAND.ACCOUNT] = rules.checkAccount(command.accountNumber);
  words[word + COMMAND.INSTRUMENT] = rules.checkInstrument(command.instrumentNumber);
  words[word + COMMAND.SIDE] = member('side', SIDES, command.side);
  words[word + COMMAND.TYPE] = member('type', ORDER_TYPES, command.type);
  words[word + COMMAND.TIF] = member('tif', TIMES_IN_FORCE, command.tif);
  writeTerms(views, index, command);
  writeText(views, index, rules.checkClientOrderId(command.clientOrderId, command.accountNumber));
}

/** The numbers that depend on type and time in force, whose codes are written already. */
function writeTerms(views: RecordViews, index: number, command: PlaceOrder): void {
  const { words, numbers } = views;
  const word = index * RECORD_WORDS;
  const { quantityLots, limitPriceTicks = 0, triggerTicks = 0, displayLots = 0, expireMicros = 0 } = command;
  const flags = flagsOf(command);
  checkOrderTerms(command.accountNumber, words[word + COMMAND.TYPE]!, words[word + COMMAND.TIF]!, quantityLots, limitPriceTicks, triggerTicks, displayLots, expireMicros, flags);
  words[word + COMMAND.PRICE] = limitPriceTicks;
  words[word + COMMAND.TRIGGER] = triggerTicks;
  words[word + COMMAND.DISPLAY] = displayLots;
  words[word + COMMAND.FLAGS] = flags;
  numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER] = quantityLots;
  numbers[index * RECORD_NUMBERS + COMMAND.EXPIRE_NUMBER] = expireMicros;
}

/** The members of SELF_TRADE_PREVENTIONS count from 0 in a record: zero is what a command without any says. */
function flagsOf({ postOnly, selfTradePrevention }: PlaceOrder): number {
  const prevention = selfTradePrevention === undefined ? 0 : member('selfTradePrevention', SELF_TRADE_PREVENTIONS, selfTradePrevention) - 1;
  return (postOnly ? FLAG_POST_ONLY : 0) | (prevention << STP_SHIFT);
}

function encodeAmendment(views: RecordViews, index: number, command: AmendOrder): void {
  const { words, numbers } = views;
  const word = index * RECORD_WORDS;
  const number = index * RECORD_NUMBERS;
  const { quantityLots = 0, limitPriceTicks = 0, triggerTicks = 0 } = command;
  checkAmendedTerms(quantityLots, limitPriceTicks, triggerTicks);
  words[word + COMMAND.ACCOUNT] = rules.checkAccount(command.accountNumber);
  numbers[number + COMMAND.QUANTITY_NUMBER] = rules.checkOrderId(command.orderId);
  numbers[number + COMMAND.AMENDED_QUANTITY_NUMBER] = quantityLots;
  words[word + COMMAND.PRICE] = limitPriceTicks;
  words[word + COMMAND.TRIGGER] = triggerTicks;
}

function encodePrint(views: RecordViews, index: number, command: PrintTrade): void {
  const { words, numbers, longs } = views;
  const word = index * RECORD_WORDS;
  const number = index * RECORD_NUMBERS;
  words[word + COMMAND.ACCOUNT] = rules.checkVenueAccount(command.accountNumber);
  words[word + COMMAND.INSTRUMENT] = rules.checkInstrument(command.instrumentNumber);
  words[word + COMMAND.SIDE] = member('side', SIDES, command.side);
  words[word + COMMAND.PRICE] = rules.checkPrice('priceTicks', command.priceTicks);
  numbers[number + COMMAND.QUANTITY_NUMBER] = rules.checkQuantity(command.quantityLots, 0);
  numbers[number + COMMAND.QUANTITY_UNITS_NUMBER] = rules.checkQuantityUnits(command.quantityUnits);
  words[word + COMMAND.QUANTITY_SCALE] = rules.checkQuantityScale(command.quantityScale);
  numbers[number + COMMAND.VENUE_TRADE_NUMBER] = rules.checkVenueTradeId(command.venueTradeId);
  longs[number + COMMAND.VENUE_TIME_LONG] = rules.parseVenueTime(command.venueTimeNs);
}

function writeText(views: RecordViews, index: number, text: string): void {
  writeAscii(views, index * RECORD_BYTES + TEXT_BYTE, text);
  views.words[index * RECORD_WORDS + TEXT_LENGTH_WORD] = text.length;
}

function writeCurrency(views: RecordViews, index: number, currency: string): void {
  writeAscii(views, index * RECORD_BYTES + CURRENCY_BYTE, rules.checkCurrency(currency));
}

function member<T extends string>(name: string, list: readonly T[], value: T): number {
  const code = codeOf(list, value);
  if (code === 0) throw new InvalidValueError(`${name} must be one of ${list.join(', ')}`, value);
  return code;
}
