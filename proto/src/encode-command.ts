// From a command to its record. The unary and the packed door and every client share this one encoder.

import { ORDER_TYPES, SIDES, TIMES_IN_FORCE, TRADING_STATES } from '@mib/model/trading';
import { assertNever } from '@mib/model/assert-never';
import { InvalidValueError } from '@mib/model/invalid-value';
import * as rules from './command-rules.ts';
import { codeOf, COMMAND_KINDS } from './engine-codes.ts';
import { FIRST_USER_ACCOUNT, type EngineCommand, type PlaceOrder, type RegisterInstrument } from './engine-commands.ts';
import { COMMAND } from './layout-command.ts';
import { CURRENCY_BYTE, RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS, TEXT_BYTE, TEXT_LENGTH_WORD, writeAscii, type RecordViews } from './layout-record.ts';

/**
 * Writes `command` into record `index` of `views`.
 *
 * @param requestId - comes back in the result; unsigned 31 bits.
 * @throws {InvalidValueError} naming the value, and leaves the record half written.
 */
export function encodeCommand(views: RecordViews, index: number, command: EngineCommand, requestId: number): void {
  const word = index * RECORD_WORDS;
  views.words.fill(0, word, word + RECORD_WORDS);
  views.words[word + COMMAND.KIND] = codeOf(COMMAND_KINDS, command.kind);
  views.words[word + COMMAND.REQUEST_ID] = requestId;
  encodeFields(views, index, command);
}

function encodeFields(views: RecordViews, index: number, command: EngineCommand): void {
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
  const { words, numbers } = views;
  const word = index * RECORD_WORDS;
  words[word + COMMAND.ACCOUNT] = rules.checkAccount(command.accountNumber);
  words[word + COMMAND.INSTRUMENT] = rules.checkInstrument(command.instrumentNumber);
  words[word + COMMAND.SIDE] = member('side', SIDES, command.side);
  words[word + COMMAND.TYPE] = member('type', ORDER_TYPES, command.type);
  words[word + COMMAND.TIF] = member('tif', TIMES_IN_FORCE, command.tif);
  words[word + COMMAND.PRICE] = limitPrice(command);
  numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER] = rules.checkQuantity(command.quantityLots);
  writeText(views, index, rules.checkClientOrderId(command.clientOrderId, command.accountNumber));
}

function limitPrice(command: PlaceOrder): number {
  if (command.type === 'LIMIT') return rules.checkPrice('limitPriceTicks', command.limitPriceTicks ?? 0);
  if (command.limitPriceTicks) throw new InvalidValueError('limitPriceTicks must be absent for MARKET', command.limitPriceTicks);
  return 0;
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
