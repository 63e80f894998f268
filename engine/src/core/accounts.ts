// Accounts and their cash, one triple of exact integers per account and currency: the total, what is locked, and the
// notional of open orders (which bounds how far the total can still move, so that it never leaves the safe range).

import * as fromEngineCommands from '@mib/proto/engine-commands';
import * as fromLayoutCommand from '@mib/proto/layout-command';
import * as fromCapacities from './capacities.ts';
import { PairIndex } from './pair-index.ts';
import type { Parts, Table } from './table.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { FIRST_USER_ACCOUNT, HOUSE_ACCOUNT } = fromEngineCommands;
const { TRADING_STATE } = fromLayoutCommand;
const { MAX_ACCOUNTS, MAX_CURRENCIES } = fromCapacities;

const WORDS = 2;
export const ACCOUNT_WORDS = WORDS;
/** FIRST_POSITION heads the list of the account's positions, plus one; 0 is none. */
export const ACCOUNT = { TRADING_STATE: 0, FIRST_POSITION: 1 } as const;
const NUMBERS_OF_CASH = 3;
export const CASH_NUMBERS = NUMBERS_OF_CASH;
export const CASH = { TOTAL: 0, LOCKED: 1, OPEN_NOTIONAL: 2 } as const;
const STATE_WORD = ACCOUNT.TRADING_STATE;

export class Accounts implements Table {
  readonly index = new PairIndex(MAX_ACCOUNTS);
  readonly words = new Int32Array(MAX_ACCOUNTS * WORDS);
  readonly cash = new Float64Array(MAX_ACCOUNTS * MAX_CURRENCIES * NUMBERS_OF_CASH);
  /** Holds for every user's account besides its own. */
  globalTradingState: number = TRADING_STATE.ACTIVE;

  contents(parts: Parts): void {
    this.globalTradingState = parts.number('globalTradingState', this.globalTradingState);
    parts.table('index', this.index);
    parts.array('words', this.words, this.index.count * WORDS);
    parts.array('cash', this.cash, this.index.count * MAX_CURRENCIES * NUMBERS_OF_CASH);
  }

  /** Index of the account, or -1. */
  find(accountNumber: number): number {
    return this.index.find(accountNumber, 0);
  }

  /** Opens the account; -1 when no more fit. The last place is the house's, which opens when the first fee is due. */
  open(accountNumber: number): number {
    if (this.index.count === MAX_ACCOUNTS - 1 && accountNumber !== HOUSE_ACCOUNT && this.find(HOUSE_ACCOUNT) < 0) return -1;
    const account = this.index.add(accountNumber, 0);
    if (account >= 0) this.words[account * WORDS + STATE_WORD] = TRADING_STATE.ACTIVE;
    return account;
  }

  numberOf(account: number): number {
    return this.index.pairs[2 * account]!;
  }

  /** Venue participants pass no risk gate and nothing of theirs is locked. */
  isUser(account: number): boolean {
    return this.numberOf(account) >= FIRST_USER_ACCOUNT;
  }

  /** The stricter of the account's own state and that of all. */
  tradingState(account: number): number {
    return Math.max(this.globalTradingState, this.words[account * WORDS + STATE_WORD]!);
  }

  /** Where the triple of account and currency begins in `cash`. */
  cashAt(account: number, currency: number): number {
    return (account * MAX_CURRENCIES + currency) * NUMBERS_OF_CASH;
  }
}
