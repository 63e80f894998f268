// The currencies in use, by the two words that hold their code. A currency's cash scale is fixed by the first
// instrument registered in it; cash may be paid in before.

import { MAX_CURRENCIES } from './capacities';
import { NONE } from './codes';
import { CURRENCY_SCALES } from './memory';
import { currencyCodes } from './pair-index';
import { arrayPart, pairsPart } from './parts';

const UNKNOWN: i32 = 0;

/** The currency, or the place that it would get; -1 when no more fit. */
export function findCurrency(code: i64): i32 {
  return currencyCodes.findOrNext(<i32>code, <i32>(code >> 32));
}

export function addCurrency(code: i64): void {
  currencyCodes.add(<i32>code, <i32>(code >> 32));
}

/** The scale that the currency has already when it is another than `scale`, or -1. */
export function conflictingScale(currency: i32, scale: i32): i32 {
  const known = load<i32>(CURRENCY_SCALES + (<usize>currency << 2));
  return known == UNKNOWN || known == scale + 1 ? NONE : known - 1;
}

export function fixScale(currency: i32, scale: i32): void {
  store<i32>(CURRENCY_SCALES + (<usize>currency << 2), scale + 1);
}

export function currenciesContents(): void {
  pairsPart('currencies/index/count', 'currencies/index/pairs', currencyCodes);
  arrayPart('currencies/scales', CURRENCY_SCALES, currencyCodes.count, MAX_CURRENCIES, 4);
}
