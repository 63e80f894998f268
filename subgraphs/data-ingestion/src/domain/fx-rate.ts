// Rates between two currencies out of what each is worth in euro, on one and the same day: a cross of two days is a rate that
// never was.

import { divideDecimals, parseDecimal } from '@mib/model/decimal';
import { canonical } from './csv-row.ts';

export const EURO = 'EUR';
/** Decimals of a rate that had to be divided: eleven digits even of 0.00006 dollars for a rupiah. */
export const CROSS_DECIMALS = 15;

/** The day's fixing of both sides; null for the euro itself. */
export interface Fixing {
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly basePerEuro: string | null;
  readonly quotePerEuro: string | null;
}

/** Units of the quote currency for one of the base: exact where one side is the euro's own rate, else rounded half away from zero to CROSS_DECIMALS. */
export function crossRate({ basePerEuro, quotePerEuro }: Fixing): string {
  if (basePerEuro === null) return quotePerEuro ?? '1';
  return canonical(divideDecimals(parseDecimal(quotePerEuro ?? '1'), parseDecimal(basePerEuro), CROSS_DECIMALS));
}

/** Days from one date to a later one. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
