// Everything that is not trading: instruments, accounts, cash, limits, trading states. Places are given for good, so all
// is asked before one is taken: a refused command leaves nothing behind.

import { accountAt, cashAt, cashPlace, findAccount, isUser, openAccount, setGlobalTradingState } from './accounts';
import { addBook } from './books';
import { MAX_ACCOUNTS, MAX_CURRENCIES, MAX_INSTRUMENTS, MAX_RISK_LIMITS } from './capacities';
import { cashPerTickLot } from './cash-per-tick-lot';
import { CODE, INSTRUMENT_STATE, MAX_CASH_UNITS, NONE } from './codes';
import { addCurrency, conflictingScale, findCurrency, fixScale } from './currencies';
import { accountOpened, cashAdjusted, feesSet, instrumentRegistered, riskLimitsSet, tradingStateSet } from './events';
import { setFees } from './fees';
import { findInstrument, Instrument, instrumentAt } from './instruments';
import { refuse, reportRepeated } from './output';
import { instrumentNumbers } from './pair-index';
import { relockAll, takeLimitsOf } from './positions';
import { Command } from './records';
import { setLimits } from './risk-limits';
import { addTriggers } from './stops';

/** The same definition again is fine and changes nothing. */
export function registerInstrument(command: Command): void {
  const known = findInstrument(command.instrument);
  const currency = findCurrency(command.currency);
  if (currency < 0) return refuse(CODE.CAPACITY_EXCEEDED, <f64>MAX_CURRENCIES, <f64>MAX_CURRENCIES);
  if (known >= 0) {
    if (isSame(instrumentAt(known), command, currency)) return reportRepeated();
    return refuse(CODE.CONFLICTING_REGISTRATION);
  }
  const conflict = conflictingScale(currency, command.cashScale);
  if (conflict >= 0) return refuse(CODE.CURRENCY_SCALE_CONFLICT, <f64>conflict, <f64>command.cashScale);
  const index = instrumentNumbers.add(command.instrument, 0);
  if (index < 0) return refuse(CODE.CAPACITY_EXCEEDED, <f64>MAX_INSTRUMENTS, <f64>MAX_INSTRUMENTS);
  addCurrency(command.currency);
  fixScale(currency, command.cashScale);
  define(instrumentAt(index), command, currency);
  addBook();
  addTriggers(index);
  instrumentRegistered(command);
}

export function openUserAccount(command: Command): void {
  if (findAccount(command.account) >= 0) return reportRepeated();
  if (openAccount(command.account) < 0) return refuse(CODE.CAPACITY_EXCEEDED, <f64>MAX_ACCOUNTS, <f64>MAX_ACCOUNTS);
  accountOpened(command.account);
}

export function adjustCash(command: Command): void {
  const account = findAccount(command.account);
  if (account < 0) return refuse(CODE.UNKNOWN_ACCOUNT);
  const currency = findCurrency(command.currency);
  if (currency < 0) return refuse(CODE.CAPACITY_EXCEEDED, <f64>MAX_CURRENCIES, <f64>MAX_CURRENCIES);
  const amount = command.amountUnits;
  const cash = cashAt(cashPlace(account, currency));
  const total = cash.total + amount;
  const reach = abs<f64>(total) + cash.openNotional;
  if (reach > MAX_CASH_UNITS) return refuse(CODE.OVERFLOW, MAX_CASH_UNITS, reach);
  const free = cash.total - cash.locked;
  if (amount < 0 && -amount > free && isUser(account)) return refuse(CODE.NOTIONAL_EXCEEDS_FREE_BALANCE, free, -amount);
  addCurrency(command.currency);
  cash.total = total;
  cashAdjusted(command, total);
}

export function setRiskLimits(command: Command): void {
  const account = findAccount(command.account);
  if (account < 0) return refuse(CODE.UNKNOWN_ACCOUNT);
  const instrument = command.instrument == 0 ? NONE : findInstrument(command.instrument);
  if (command.instrument != 0 && instrument < 0) return refuse(CODE.UNKNOWN_INSTRUMENT);
  if (!setLimits(account, instrument, <i32>command.quantity, command.collar)) return refuse(CODE.CAPACITY_EXCEEDED, <f64>MAX_RISK_LIMITS, <f64>MAX_RISK_LIMITS);
  takeLimitsOf(account);
  riskLimitsSet(command.account, command.instrument, command.quantity, command.collar);
}

export function setTradingState(command: Command): void {
  const account = command.account == 0 ? NONE : findAccount(command.account);
  if (command.account != 0 && account < 0) return refuse(CODE.UNKNOWN_ACCOUNT);
  if (account < 0) setGlobalTradingState(command.state);
  else accountAt(account).tradingState = command.state;
  tradingStateSet(command.account, command.state);
}

export function setTradingFees(command: Command): void {
  const instrument = command.instrument == 0 ? NONE : findInstrument(command.instrument);
  if (command.instrument != 0 && instrument < 0) return refuse(CODE.UNKNOWN_INSTRUMENT);
  setFees(instrument, command.makerPpm, command.takerPpm);
  relockAll();
  feesSet(command.instrument, command.makerPpm, command.takerPpm);
}

function isSame(instrument: Instrument, command: Command, currency: i32): bool {
  return (
    instrument.tickScale == command.tickScale &&
    instrument.lotScale == command.lotScale &&
    instrument.cashScale == command.cashScale &&
    instrument.currency == currency &&
    instrument.tickUnits == command.tickUnits &&
    instrument.lotUnits == command.lotUnits &&
    instrument.hasId(command)
  );
}

function define(instrument: Instrument, command: Command, currency: i32): void {
  instrument.number = command.instrument;
  instrument.tickScale = command.tickScale;
  instrument.lotScale = command.lotScale;
  instrument.cashScale = command.cashScale;
  instrument.currency = currency;
  instrument.state = INSTRUMENT_STATE.CONTINUOUS;
  instrument.tickUnits = command.tickUnits;
  instrument.lotUnits = command.lotUnits;
  instrument.cashPerTickLot = cashPerTickLot(command.tickUnits, command.lotUnits, command.cashScale - command.tickScale - command.lotScale);
  instrument.setId(command);
}
