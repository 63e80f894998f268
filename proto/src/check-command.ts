// The gateway's look at a record that came from outside: every field that the core will use is in range, so the core
// itself never has to doubt its input.

import { InvalidValueError } from '@mib/model/invalid-value';
import { FEED_STATES, INSTRUMENT_STATES, ORDER_TYPES, SIDES, TIMES_IN_FORCE, TRADING_STATES } from '@mib/model/trading';
import * as rules from './command-rules.ts';
import { FIRST_USER_ACCOUNT } from './engine-commands.ts';
import { COMMAND, COMMAND_KIND } from './layout-command.ts';
import {
  CURRENCY_BYTE,
  CURRENCY_BYTES,
  readAscii,
  readCurrency,
  RECORD_BYTES,
  RECORD_NUMBERS,
  RECORD_WORDS,
  TEXT_BYTE,
  TEXT_BYTES,
  TEXT_LENGTH_WORD,
  TEXT_WORD,
  type RecordViews,
} from './layout-record.ts';
import { checkAmendedTerms, checkOrderTerms } from './order-terms.ts';

/** @throws {InvalidValueError} naming the value; the record at `index` must not be used then. */
export function checkCommand(views: RecordViews, index: number): void {
  const word = index * RECORD_WORDS;
  const { words } = views;
  const account = words[word + COMMAND.ACCOUNT]!;
  const quantity = views.numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]!;
  switch (words[word + COMMAND.KIND]) {
    case COMMAND_KIND.PLACE_ORDER:
      return checkOrder(views, index, account, quantity);
    case COMMAND_KIND.CANCEL_ORDER:
      rules.checkAccount(account);
      rules.checkOrderId(quantity);
      return;
    case COMMAND_KIND.SET_VENUE_LEVEL:
      rules.checkVenueAccount(account);
      rules.checkInstrument(words[word + COMMAND.INSTRUMENT]!);
      checkMember('side', SIDES, words[word + COMMAND.SIDE]!);
      rules.checkPrice('priceTicks', words[word + COMMAND.PRICE]!);
      rules.checkQuantity(quantity, 0);
      return;
    case COMMAND_KIND.REGISTER_INSTRUMENT:
      return checkInstrumentRecord(views, index, quantity);
    case COMMAND_KIND.OPEN_ACCOUNT:
      rules.checkAccount(account);
      return;
    case COMMAND_KIND.ADJUST_CASH:
      rules.checkAccount(account);
      rules.checkAmount(quantity);
      checkCurrencyField(views, index);
      rules.checkClientOrderId(readText(views, index), account);
      return;
    case COMMAND_KIND.SET_RISK_LIMITS:
      rules.checkAccount(account, FIRST_USER_ACCOUNT);
      rules.checkInstrument(words[word + COMMAND.INSTRUMENT]!, 0);
      rules.checkCollar(words[word + COMMAND.COLLAR]!);
      rules.checkMaxPosition(quantity);
      return;
    case COMMAND_KIND.SET_TRADING_STATE:
      rules.checkAccount(account, 0);
      checkMember('state', TRADING_STATES, words[word + COMMAND.STATE]!);
      return;
    case COMMAND_KIND.AMEND_ORDER:
      rules.checkAccount(account);
      rules.checkOrderId(quantity);
      checkAmendedTerms(views.numbers[index * RECORD_NUMBERS + COMMAND.AMENDED_QUANTITY_NUMBER]!, words[word + COMMAND.PRICE]!, words[word + COMMAND.TRIGGER]!);
      return;
    case COMMAND_KIND.MASS_CANCEL:
      rules.checkAccount(account, 0);
      rules.checkInstrument(words[word + COMMAND.INSTRUMENT]!, 0);
      if (words[word + COMMAND.SIDE] !== 0) checkMember('side', SIDES, words[word + COMMAND.SIDE]!);
      return;
    case COMMAND_KIND.SET_INSTRUMENT_STATE:
      rules.checkInstrument(words[word + COMMAND.INSTRUMENT]!);
      checkMember('state', INSTRUMENT_STATES, words[word + COMMAND.STATE]!);
      return;
    case COMMAND_KIND.SET_FEES:
      rules.checkInstrument(words[word + COMMAND.INSTRUMENT]!, 0);
      rules.checkMakerFee(words[word + COMMAND.MAKER_PPM]!);
      rules.checkTakerFee(words[word + COMMAND.TAKER_PPM]!);
      return;
    case COMMAND_KIND.SET_FEED_STATE:
      rules.checkVenueAccount(account);
      rules.checkInstrument(words[word + COMMAND.INSTRUMENT]!);
      checkMember('state', FEED_STATES, words[word + COMMAND.STATE]!);
      return;
    case COMMAND_KIND.PRINT_TRADE:
      return checkPrint(views, index, account, quantity);
    default:
      throw new InvalidValueError('kind must be a command kind 1..12, 14 or 15', words[word + COMMAND.KIND]);
  }
}

function checkOrder(views: RecordViews, index: number, account: number, quantity: number): void {
  const { words } = views;
  const word = index * RECORD_WORDS;
  rules.checkAccount(account);
  rules.checkInstrument(words[word + COMMAND.INSTRUMENT]!);
  checkMember('side', SIDES, words[word + COMMAND.SIDE]!);
  checkMember('type', ORDER_TYPES, words[word + COMMAND.TYPE]!);
  checkMember('tif', TIMES_IN_FORCE, words[word + COMMAND.TIF]!);
  checkOrderTerms(
    account,
    words[word + COMMAND.TYPE]!,
    words[word + COMMAND.TIF]!,
    quantity,
    words[word + COMMAND.PRICE]!,
    words[word + COMMAND.TRIGGER]!,
    words[word + COMMAND.DISPLAY]!,
    views.numbers[index * RECORD_NUMBERS + COMMAND.EXPIRE_NUMBER]!,
    words[word + COMMAND.FLAGS]!,
  );
  checkOrderText(views, index, account);
}

function checkPrint(views: RecordViews, index: number, account: number, quantity: number): void {
  const { words, numbers } = views;
  const word = index * RECORD_WORDS;
  const number = index * RECORD_NUMBERS;
  rules.checkVenueAccount(account);
  rules.checkInstrument(words[word + COMMAND.INSTRUMENT]!);
  checkMember('side', SIDES, words[word + COMMAND.SIDE]!);
  rules.checkPrice('priceTicks', words[word + COMMAND.PRICE]!);
  rules.checkQuantity(quantity, 0);
  rules.checkQuantityUnits(numbers[number + COMMAND.QUANTITY_UNITS_NUMBER]!);
  rules.checkQuantityScale(words[word + COMMAND.QUANTITY_SCALE]!);
  rules.checkVenueTradeId(numbers[number + COMMAND.VENUE_TRADE_NUMBER]!);
  rules.checkVenueTime(views.longs[number + COMMAND.VENUE_TIME_LONG]!);
}

/** The hot one of the texts: looked at byte by byte, its padding word by word; decoded only to name it in a refusal. */
function checkOrderText(views: RecordViews, index: number, account: number): void {
  const { words, bytes } = views;
  const word = index * RECORD_WORDS;
  const length = words[word + TEXT_LENGTH_WORD]!;
  const start = index * RECORD_BYTES + TEXT_BYTE;
  let good = length <= TEXT_BYTES && length >= (account < FIRST_USER_ACCOUNT ? 0 : 1);
  let at = 0;
  for (; good && at < length; at++) good = bytes[start + at]! > 0x20 && bytes[start + at]! < 0x7f;
  for (; good && at % 4 !== 0; at++) good = bytes[start + at] === 0;
  for (; good && at < TEXT_BYTES; at += 4) good = words[word + TEXT_WORD + at / 4] === 0;
  if (!good) rules.checkClientOrderId(readText(views, index), account);
}

function checkInstrumentRecord(views: RecordViews, index: number, tickUnits: number): void {
  const { words, numbers } = views;
  const word = index * RECORD_WORDS;
  const tick = { units: tickUnits, scale: words[word + COMMAND.TICK_SCALE]! };
  const lot = { units: numbers[index * RECORD_NUMBERS + COMMAND.LOT_UNITS_NUMBER]!, scale: words[word + COMMAND.LOT_SCALE]! };
  rules.checkInstrument(words[word + COMMAND.INSTRUMENT]!);
  rules.checkStep('tickSize', tick.units, tick.scale);
  rules.checkStep('lotSize', lot.units, lot.scale);
  rules.cashPerTickLot(tick, lot, rules.checkCashScale(words[word + COMMAND.CASH_SCALE]!));
  checkCurrencyField(views, index);
  rules.checkInstrumentId(readText(views, index));
}

function checkCurrencyField(views: RecordViews, index: number): void {
  const currency = rules.checkCurrency(readCurrency(views, index * RECORD_BYTES));
  const start = index * RECORD_BYTES + CURRENCY_BYTE;
  for (let i = currency.length; i < CURRENCY_BYTES; i++) rules.checkInteger('padding of currency', views.bytes[start + i]!, 0, 0);
}

/** The text field with its padding checked, so that equal texts are equal words. */
function readText(views: RecordViews, index: number): string {
  const length = rules.checkInteger('length of the text', views.words[index * RECORD_WORDS + TEXT_LENGTH_WORD]!, 0, TEXT_BYTES);
  const start = index * RECORD_BYTES + TEXT_BYTE;
  for (let i = length; i < TEXT_BYTES; i++) rules.checkInteger('padding of the text', views.bytes[start + i]!, 0, 0);
  return readAscii(views, start, length);
}

function checkMember(name: string, list: readonly string[], code: number): void {
  if (!(code >= 1 && code <= list.length)) throw new InvalidValueError(`${name} must be one of ${list.join(', ')} (1..${list.length})`, code);
}
