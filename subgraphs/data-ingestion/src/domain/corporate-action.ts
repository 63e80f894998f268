// Splits and cash dividends: facts that change what a past price means. A split is a ratio of whole numbers, since a price
// adjusted by a rounded factor is wrong for ever after; a dividend is for one share as shares were on that day.

import { createHash } from 'node:crypto';
import { parseDecimal } from '@mib/model/decimal';
import { InvalidValueError } from '@mib/model/invalid-value';
import { canonical } from './csv-row.ts';

export const CORPORATE_ACTION_KINDS = ['SPLIT', 'CASH_DIVIDEND'] as const;
export type CorporateActionKind = (typeof CORPORATE_ACTION_KINDS)[number];

interface ActionFacts {
  readonly id: string;
  readonly instrumentId: string;
  readonly instrumentNumber: number;
  /** The venue's local date of the first session without the entitlement, YYYY-MM-DD. */
  readonly exDate: string;
}

/** `newShares` for `oldShares`, without a common divisor: 4 for 1, or 1 for 20 of a reverse split. */
export interface SplitTerms {
  readonly kind: 'SPLIT';
  readonly newShares: number;
  readonly oldShares: number;
}

/** `amount`: canonical decimal text, of one share on the day before `exDate`, unadjusted by later splits. */
export interface DividendTerms {
  readonly kind: 'CASH_DIVIDEND';
  readonly amount: string;
  readonly currency: string;
}

export type ActionTerms = SplitTerms | DividendTerms;
export type CorporateAction = ActionFacts & ActionTerms;

export interface ActionSubject {
  readonly id: string;
  readonly number: number;
}

/** Larger ones are typing errors: the largest in use are some 1 for 2,000. */
const MAX_SHARES = 1_000_000;
const ID_CHARACTERS = 32;

/** The same action has the same id, whoever imports it. */
export function corporateAction(instrument: ActionSubject, exDate: string, terms: ActionTerms): CorporateAction {
  const id = `ca_${createHash('sha256').update(`${instrument.id} ${terms.kind} ${exDate}`).digest('hex').slice(0, ID_CHARACTERS)}`;
  return { id, instrumentId: instrument.id, instrumentNumber: instrument.number, exDate, ...terms };
}

/** What an action says beside whom it is about. */
export function termsOf(action: CorporateAction): string {
  return action.kind === 'SPLIT' ? `${action.newShares}:${action.oldShares}` : `${action.amount} ${action.currency}`;
}

/**
 * Reads a ratio new:old such as "4:1", "4/1" or "4 for 1".
 *
 * @throws {InvalidValueError} for another shape, zero, more than MAX_SHARES or one for one.
 */
export function parseSplit(text: string): SplitTerms {
  const [, first, second] = /^(\d{1,7})\s*(?::|\/|-?for-?)\s*(\d{1,7})$/i.exec(text.trim()) ?? [];
  const newShares = Number(first);
  const oldShares = Number(second);
  if (!(newShares >= 1 && oldShares >= 1 && newShares <= MAX_SHARES && oldShares <= MAX_SHARES)) throw new InvalidValueError('ratio must be new:old shares such as 4:1', text);
  if (newShares === oldShares) throw new InvalidValueError('ratio must change the number of shares', text);
  const divisor = greatestCommonDivisor(newShares, oldShares);
  return { kind: 'SPLIT', newShares: newShares / divisor, oldShares: oldShares / divisor };
}

/** @throws {InvalidValueError} unless the amount is a decimal above zero and the currency three letters. */
export function parseDividend(amountText: string, currency: string): DividendTerms {
  const amount = parseDecimal(amountText, 'amount');
  if (amount.units <= 0n) throw new InvalidValueError('amount must be above 0', amountText);
  if (!/^[A-Z]{3}$/.test(currency)) throw new InvalidValueError('currency must be an ISO 4217 code', currency);
  return { kind: 'CASH_DIVIDEND', amount: canonical(amount), currency };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
