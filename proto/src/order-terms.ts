// Which terms go with which: a field that an order's type or time in force gives no meaning must be zero, so that every
// accepted record means exactly one thing. Asked by the encoder and, of the bytes that arrive, by the gateway.

import { InvalidValueError } from '@mib/model/invalid-value';
import { ORDER_TYPES, TIMES_IN_FORCE } from '@mib/model/trading';
import { checkInteger, checkPrice, checkQuantity } from './command-rules.ts';
import { FIRST_USER_ACCOUNT, MAX_NUMBER } from './engine-commands.ts';
import { FLAG_POST_ONLY, ORDER_TYPE, STP_MASK, STP_SHIFT, TIF } from './layout-command.ts';

const KNOWN_FLAGS = FLAG_POST_ONLY | (STP_MASK << STP_SHIFT);

/**
 * @param type - 1..6, `tif` - 1..5, both known already; zero is an absent value.
 * @throws {InvalidValueError} naming the value that is missing, out of range or out of place.
 */
export function checkOrderTerms(account: number, type: number, tif: number, lots: number, price: number, trigger: number, display: number, expireMicros: number, flags: number): void {
  checkQuantity(lots);
  if (hasLimit(type)) checkPrice('limitPriceTicks', price);
  else if (price !== 0) refuse('limitPriceTicks', typeName(type), price);
  if (hasTrigger(type)) checkPrice('triggerTicks', trigger);
  else if (trigger !== 0) refuse('triggerTicks', typeName(type), trigger);
  if (tif === TIF.GTD) checkInteger('expireMicros', expireMicros, 1, Number.MAX_SAFE_INTEGER);
  else if (expireMicros !== 0) refuse('expireMicros', TIMES_IN_FORCE[tif - 1]!, expireMicros);
  if (display !== 0) checkDisplay(type, tif, lots, display);
  if (flags !== 0) checkFlags(account, type, tif, flags);
}

/** Amended terms: zero keeps what is there, so the type of the order is the core's business. */
export function checkAmendedTerms(lots: number, price: number, trigger: number): void {
  checkInteger('quantityLots', lots, 0, MAX_NUMBER);
  checkInteger('limitPriceTicks', price, 0, MAX_NUMBER);
  checkInteger('triggerTicks', trigger, 0, MAX_NUMBER);
}

function hasLimit(type: number): boolean {
  return type === ORDER_TYPE.LIMIT || type === ORDER_TYPE.STOP_LIMIT;
}

function hasTrigger(type: number): boolean {
  return type === ORDER_TYPE.STOP || type === ORDER_TYPE.STOP_LIMIT || type === ORDER_TYPE.TRAILING_STOP;
}

function rests(tif: number): boolean {
  return tif !== TIF.IOC && tif !== TIF.FOK;
}

function checkDisplay(type: number, tif: number, lots: number, display: number): void {
  if (!hasLimit(type)) refuse('displayLots', typeName(type), display);
  if (!rests(tif)) refuse('displayLots', TIMES_IN_FORCE[tif - 1]!, display);
  checkInteger('displayLots', display, 1, lots);
}

function checkFlags(account: number, type: number, tif: number, flags: number): void {
  if ((flags & ~KNOWN_FLAGS) !== 0) throw new InvalidValueError(`flags must be bits of ${KNOWN_FLAGS}`, flags);
  if ((flags & FLAG_POST_ONLY) !== 0) {
    if (type !== ORDER_TYPE.LIMIT) refuse('postOnly', typeName(type), true);
    if (!rests(tif)) refuse('postOnly', TIMES_IN_FORCE[tif - 1]!, true);
  }
  if (flags >> STP_SHIFT !== 0 && account < FIRST_USER_ACCOUNT) refuse('selfTradePrevention', 'a venue participant', flags >> STP_SHIFT);
}

function typeName(type: number): string {
  return ORDER_TYPES[type - 1]!;
}

function refuse(name: string, where: string, value: unknown): never {
  throw new InvalidValueError(`${name} must be absent for ${where}`, value);
}
