// What the host may ask between two calls of `apply`, by index. Nothing here changes anything.

import { accountAt, accountNumberOf, cashAt, cashPlace, findAccount, isUser, tradingStateOf } from './accounts';
import { bookSide, levelAt } from './books';
import { feedAt } from './feeds';
import { indicativeAt } from './indicative';
import { findInstrument, instrumentAt } from './instruments';
import { accountNumbers, currencyCodes, instrumentNumbers, limitPairs, positionPairs } from './pair-index';
import { positionAt } from './positions';
import { limitsAt } from './risk-limits';

export { findAccount, accountNumberOf, isUser, tradingStateOf, findInstrument };

export function accountCount(): i32 { return accountNumbers.count; }
export function currencyCount(): i32 { return currencyCodes.count; }
export function instrumentCount(): i32 { return instrumentNumbers.count; }
export function limitCount(): i32 { return limitPairs.count; }
export function positionCount(): i32 { return positionPairs.count; }

/** Address of the eight characters of its code, zero-padded. */
export function currencyCodeAt(currency: i32): usize { return currencyCodes.pairs + (<usize>currency << 3); }

export function cashTotal(account: i32, currency: i32): f64 { return cashAt(cashPlace(account, currency)).total; }
export function cashLocked(account: i32, currency: i32): f64 { return cashAt(cashPlace(account, currency)).locked; }

/** The account's newest position, or -1; then the one before. */
export function firstPosition(account: i32): i32 { return accountAt(account).firstPosition - 1; }
export function nextPosition(position: i32): i32 { return positionAt(position).nextOfAccount - 1; }
export function positionInstrument(position: i32): i32 { return positionAt(position).instrument; }
export function positionQuantity(position: i32): f64 { return positionAt(position).quantity; }
export function positionOpenBuyLots(position: i32): f64 { return positionAt(position).openBuyLots; }
export function positionOpenSellLots(position: i32): f64 { return positionAt(position).openSellLots; }

export function limitAccount(entry: i32): i32 { return limitPairs.first(entry); }
/** -1 for all instruments. */
export function limitInstrument(entry: i32): i32 { return limitPairs.second(entry) - 1; }
export function limitMaxPositionLots(entry: i32): i32 { return limitsAt(entry).maxPositionLots; }
export function limitCollarBasisPoints(entry: i32): i32 { return limitsAt(entry).collarBasisPoints; }

/** Address of the instrument's 128 bytes: see `Instrument`. */
export function instrumentRow(instrument: i32): usize { return changetype<usize>(instrumentAt(instrument)); }
export function feedRow(instrument: i32): usize { return changetype<usize>(feedAt(instrument)); }
export function indicativeRow(instrument: i32): usize { return changetype<usize>(indicativeAt(instrument)); }

/** The side's best level, or -1; then the next worse one. */
export function bestLevel(instrument: i32, side: i32): i32 { return bookSide(instrument, side).bestLevel; }
export function worseLevel(instrument: i32, side: i32, level: i32): i32 { return bookSide(instrument, side).worse(levelAt(level).price); }
export function levelPrice(level: i32): i32 { return levelAt(level).price; }
export function levelShown(level: i32): f64 { return levelAt(level).shown; }
export function levelOrders(level: i32): i32 { return levelAt(level).orders; }
