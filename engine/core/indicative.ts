// What was last told of each collecting instrument's auction: price, lots and imbalance, all zero for nothing.

import { MAX_INSTRUMENTS } from './capacities';
import { INDICATIVE } from './memory';
import { arrayPart, countPart } from './parts';

@unmanaged
export class Indicative {
  /** Ticks; 0 when nothing would trade. */
  price: f64;
  lots: f64;
  imbalance: f64;
}

/** One more than the highest instrument ever told of. */
let used: i32 = 0;

export function indicativeAt(instrument: i32): Indicative {
  return changetype<Indicative>(INDICATIVE + <usize>instrument * offsetof<Indicative>());
}

/** @returns true when something is different now. */
export function setIndicative(instrument: i32, price: f64, lots: f64, imbalance: f64): bool {
  const row = indicativeAt(instrument);
  if (row.price == price && row.lots == lots && row.imbalance == imbalance) return false;
  row.price = price;
  row.lots = lots;
  row.imbalance = imbalance;
  used = max<i32>(used, instrument + 1);
  return true;
}

export function indicativeContents(): void {
  used = countPart('indicative/used', used);
  arrayPart('indicative/numbers', INDICATIVE, used, MAX_INSTRUMENTS, offsetof<Indicative>());
}
