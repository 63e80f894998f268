// Position limit and price collar by account and instrument. The instrument's own entry holds, else the account's entry
// for all instruments, else the defaults.

import { DEFAULT_COLLAR_BASIS_POINTS, DEFAULT_MAX_POSITION_LOTS, MAX_RISK_LIMITS } from './capacities';
import { LIMITS } from './memory';
import { limitPairs } from './pair-index';
import { arrayPart, pairsPart } from './parts';

/** Second half of the pair of an entry for all instruments; instrument indices stand plus one. */
const ALL_INSTRUMENTS: i32 = 0;

/** 0 is none. */
@unmanaged
export class Limits {
  maxPositionLots: i32;
  collarBasisPoints: i32;
}

// @ts-ignore: decorator
@inline
export function limitsAt(entry: i32): Limits {
  return changetype<Limits>(LIMITS + (<usize>entry << 3));
}

/** @param instrument - index, or -1 for all. @returns false when no more fit. */
export function setLimits(account: i32, instrument: i32, maxPositionLots: i32, collarBasisPoints: i32): bool {
  const entry = limitPairs.add(account, instrument + 1);
  if (entry < 0) return false;
  limitsAt(entry).maxPositionLots = maxPositionLots;
  limitsAt(entry).collarBasisPoints = collarBasisPoints;
  return true;
}

/** Most lots, long or short; 0 is no limit. */
export function maxPositionLots(account: i32, instrument: i32): i32 {
  const entry = entryOf(account, instrument);
  return entry < 0 ? DEFAULT_MAX_POSITION_LOTS : limitsAt(entry).maxPositionLots;
}

/** How far beyond the reference an order may reach; 0 is any distance. */
export function collarBasisPoints(account: i32, instrument: i32): i32 {
  const entry = entryOf(account, instrument);
  return entry < 0 ? DEFAULT_COLLAR_BASIS_POINTS : limitsAt(entry).collarBasisPoints;
}

export function limitsContents(): void {
  pairsPart('limits/index/count', 'limits/index/pairs', limitPairs);
  arrayPart('limits/words', LIMITS, limitPairs.count, MAX_RISK_LIMITS, offsetof<Limits>());
}

function entryOf(account: i32, instrument: i32): i32 {
  const own = limitPairs.find(account, instrument + 1);
  return own >= 0 ? own : limitPairs.find(account, ALL_INSTRUMENTS);
}
