// Accounts and their cash, one triple of exact integers per account and currency: the total, what is locked, and the
// notional of open orders (which bounds how far the total can still move, so that it never leaves the safe range).

import { MAX_ACCOUNTS, MAX_CURRENCIES } from './capacities';
import { FIRST_USER_ACCOUNT, HOUSE_ACCOUNT, NONE, TRADING_STATE } from './codes';
import { ACCOUNTS, CASH } from './memory';
import { accountNumbers } from './pair-index';
import { arrayPart, countPart, pairsPart } from './parts';

@unmanaged
export class Account {
  tradingState: i32;
  /** Heads the list of its positions, plus one; 0 is none. */
  firstPosition: i32;
}

@unmanaged
export class Cash {
  total: f64;
  locked: f64;
  openNotional: f64;
}

/** Holds for every user's account besides its own. */
let globalTradingState: i32 = TRADING_STATE.ACTIVE;

// @ts-ignore: decorator
@inline
export function accountAt(account: i32): Account {
  return changetype<Account>(ACCOUNTS + (<usize>account << 3));
}

/** Index of the account, or -1. */
// @ts-ignore: decorator
@inline
export function findAccount(accountNumber: i32): i32 {
  return accountNumbers.find(accountNumber, 0);
}

/** Opens the account; -1 when no more fit. The last place is the house's, which opens when the first fee is due. */
export function openAccount(accountNumber: i32): i32 {
  if (accountNumbers.count == MAX_ACCOUNTS - 1 && accountNumber != HOUSE_ACCOUNT && findAccount(HOUSE_ACCOUNT) < 0) return NONE;
  const account = accountNumbers.add(accountNumber, 0);
  if (account >= 0) accountAt(account).tradingState = TRADING_STATE.ACTIVE;
  return account;
}

// @ts-ignore: decorator
@inline
export function accountNumberOf(account: i32): i32 {
  return accountNumbers.first(account);
}

/** Venue participants pass no risk gate and nothing of theirs is locked. */
// @ts-ignore: decorator
@inline
export function isUser(account: i32): bool {
  return accountNumberOf(account) >= FIRST_USER_ACCOUNT;
}

/** The stricter of the account's own state and that of all. */
// @ts-ignore: decorator
@inline
export function tradingStateOf(account: i32): i32 {
  return max<i32>(globalTradingState, accountAt(account).tradingState);
}

export function setGlobalTradingState(state: i32): void {
  globalTradingState = state;
}

/** Where the triple of account and currency stands among all numbers of cash. */
export function cashPlace(account: i32, currency: i32): i32 {
  return 3 * (account * MAX_CURRENCIES + currency);
}

/** @param place - as `cashPlace` has it. */
// @ts-ignore: decorator
@inline
export function cashAt(place: i32): Cash {
  return changetype<Cash>(CASH + (<usize>place << 3));
}

export function accountsContents(): void {
  globalTradingState = countPart('accounts/globalTradingState', globalTradingState);
  pairsPart('accounts/index/count', 'accounts/index/pairs', accountNumbers);
  arrayPart('accounts/words', ACCOUNTS, accountNumbers.count, MAX_ACCOUNTS, offsetof<Account>());
  arrayPart('accounts/cash', CASH, accountNumbers.count, MAX_ACCOUNTS, MAX_CURRENCIES * offsetof<Cash>());
}
