// The door for new accounts.

import { compareDecimals, parseDecimal } from '@mib/model/decimal';
import { InvalidValueError } from '@mib/model/invalid-value';
import type { UserError } from '@mib/service/errors';

export const CURRENCIES = ['USD', 'EUR', 'GBP', 'CHF', 'JPY'] as const;
export const MAX_ACCOUNTS_PER_USER = 10;
export const MAX_NAME_CHARACTERS = 40;
export const MAX_INITIAL_CASH = '10000000';
const CASH_DECIMALS = 2;

export interface AccountInput {
  readonly name: string;
  readonly baseCurrency: string;
  readonly initialCash: string;
}

/** Every fault of the input, none when it is good. */
export function checkAccountInput(input: AccountInput): UserError[] {
  const checks: [keyof AccountInput, () => void][] = [
    ['name', () => checkName(input.name)],
    ['baseCurrency', () => checkCurrency(input.baseCurrency)],
    ['initialCash', () => checkCash(input.initialCash)],
  ];
  return checks.flatMap(([field, check]): UserError[] => {
    try {
      check();
      return [];
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      return [{ code: 'VALIDATION', message: error.message, field: ['input', field], retryable: false }];
    }
  });
}

function checkName(name: string): void {
  if (name.length > MAX_NAME_CHARACTERS || name.trim() !== name || name === '' || /\p{C}/u.test(name)) {
    throw new InvalidValueError(`name must be 1..${MAX_NAME_CHARACTERS} visible characters without outer spaces`, name);
  }
}

function checkCurrency(currency: string): void {
  if (!CURRENCIES.some((known) => known === currency)) throw new InvalidValueError(`baseCurrency must be one of ${CURRENCIES.join(' ')}`, currency);
}

function checkCash(text: string): void {
  const cash = parseDecimal(text, 'initialCash');
  const inRange = cash.units >= 0n && compareDecimals(cash, parseDecimal(MAX_INITIAL_CASH)) <= 0;
  if (!inRange || cash.scale > CASH_DECIMALS) throw new InvalidValueError(`initialCash must be 0..${MAX_INITIAL_CASH} with at most ${CASH_DECIMALS} decimals`, text);
}
