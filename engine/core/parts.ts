// How the state shows what it holds. One function per table, `...Contents`, serves the state hash, the saving of a snapshot
// and its loading: hashing and saving look at each part, loading fills it in, so the three can never disagree. The host
// (engine/src/core/state-image.ts) says which of them it is.
//
// A new table: its `Contents` function, called in state.ts. Numbers first, for they say how much is used; then arrays, as
// far as they are used. What follows from them (hash tables, heaps, trees) stays out; its `rebuild...` makes it after
// loading. Hold to: equal commands leave equal parts, free places included; zero, or nothing used, means what was so before
// the part existed, so that older snapshots still load.

import { PairIndex } from './pair-index';

/** @returns the number to go on with: the one given, or the loaded one. */
// @ts-ignore: decorator
@external('parts', 'number')
declare function partNumber(name: string, value: f64): f64;

/** Refuses a part that is larger than its table: a loaded number was damaged. */
// @ts-ignore: decorator
@external('parts', 'array')
declare function partArray(name: string, at: usize, bytes: usize, tableBytes: usize): void;

export function countPart(name: string, value: i32): i32 {
  return <i32>partNumber(name, <f64>value);
}

export function numberPart(name: string, value: f64): f64 {
  return partNumber(name, value);
}

/** The first `rows` of a table that has `capacity`. */
export function arrayPart(name: string, at: usize, rows: i32, capacity: i32, rowBytes: usize): void {
  partArray(name, at, <usize>rows * rowBytes, <usize>capacity * rowBytes);
}

/** Of an index of pairs: how many there are, and they. */
export function pairsPart(countName: string, pairsName: string, index: PairIndex): void {
  index.count = countPart(countName, index.count);
  arrayPart(pairsName, index.pairs, index.count, index.capacity, 8);
}
