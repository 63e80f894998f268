// From a pair of integers to a dense index, 0, 1, 2 in order of first appearance: account numbers, instrument numbers,
// positions and limits are all found by it. Open addressing, linear probing, at most half full; nothing is removed.

import { ACCOUNT_PAIRS, ACCOUNT_SLOTS, CURRENCY_PAIRS, CURRENCY_SLOTS, INDEXES, INSTRUMENT_PAIRS, INSTRUMENT_SLOTS, LIMIT_PAIRS, LIMIT_SLOTS, POSITION_PAIRS, POSITION_SLOTS } from './memory';
import { MAX_ACCOUNTS, MAX_CURRENCIES, MAX_INSTRUMENTS, MAX_POSITIONS, MAX_RISK_LIMITS } from './capacities';
import { NONE } from './codes';
import { hashOfPair } from './hash';

@unmanaged
export class PairIndex {
  count: i32;
  capacity: i32;
  mask: i32;
  shift: i32;
  pairs: usize;
  slots: usize;

  @inline first(index: i32): i32 { return load<i32>(this.pairs + (<usize>index << 3)); }
  @inline second(index: i32): i32 { return load<i32>(this.pairs + (<usize>index << 3), 4); }

  /** Index of the pair, or -1. */
  find(a: i32, b: i32): i32 {
    return load<i32>(this.slot(a, b)) - 1;
  }

  /** Index of the pair, or the one that it would get; -1 when the index is full. Adds nothing. */
  findOrNext(a: i32, b: i32): i32 {
    const index = this.find(a, b);
    if (index >= 0) return index;
    return this.count == this.capacity ? NONE : this.count;
  }

  /** Index of the pair, added when it is new; -1 when the index is full. */
  add(a: i32, b: i32): i32 {
    const slot = this.slot(a, b);
    const known = load<i32>(slot);
    if (known != 0) return known - 1;
    if (this.count == this.capacity) return NONE;
    const index = this.count++;
    this.write(index, a, b);
    store<i32>(slot, index + 1);
    return index;
  }

  /** Without counting it. */
  write(index: i32, a: i32, b: i32): void {
    store<i32>(this.pairs + (<usize>index << 3), a);
    store<i32>(this.pairs + (<usize>index << 3), b, 4);
  }

  /** After the pairs were loaded. */
  rebuild(): void {
    for (let index = 0; index < this.count; index++) store<i32>(this.slot(this.first(index), this.second(index)), index + 1);
  }

  /** Index at a slot, or -1. */
  @inline private at(place: i32): i32 { return load<i32>(this.slots + (<usize>place << 2)) - 1; }

  /** Where the pair stands or would stand. */
  @inline
  private slot(a: i32, b: i32): usize {
    let place = hashOfPair(a, b, this.shift);
    let index = this.at(place);
    while (index >= 0 && (this.first(index) != a || this.second(index) != b)) {
      place = (place + 1) & this.mask;
      index = this.at(place);
    }
    return this.slots + (<usize>place << 2);
  }
}

const INDEX_BYTES: usize = 64;
/** Account numbers. */
export const accountNumbers: PairIndex = changetype<PairIndex>(INDEXES);
export const currencyCodes: PairIndex = changetype<PairIndex>(INDEXES + INDEX_BYTES);
export const instrumentNumbers: PairIndex = changetype<PairIndex>(INDEXES + 2 * INDEX_BYTES);
/** Pairs of account and instrument index plus one, 0 for all instruments. */
export const limitPairs: PairIndex = changetype<PairIndex>(INDEXES + 3 * INDEX_BYTES);
/** Pairs of account and instrument index. */
export const positionPairs: PairIndex = changetype<PairIndex>(INDEXES + 4 * INDEX_BYTES);

/** Once, before anything else. */
export function layOutIndexes(): void {
  layOutIndex(accountNumbers, MAX_ACCOUNTS, ACCOUNT_PAIRS, ACCOUNT_SLOTS);
  layOutIndex(currencyCodes, MAX_CURRENCIES, CURRENCY_PAIRS, CURRENCY_SLOTS);
  layOutIndex(instrumentNumbers, MAX_INSTRUMENTS, INSTRUMENT_PAIRS, INSTRUMENT_SLOTS);
  layOutIndex(limitPairs, MAX_RISK_LIMITS, LIMIT_PAIRS, LIMIT_SLOTS);
  layOutIndex(positionPairs, MAX_POSITIONS, POSITION_PAIRS, POSITION_SLOTS);
}

/** @param capacity - a power of two; there are twice as many slots. */
function layOutIndex(index: PairIndex, capacity: i32, pairs: usize, slots: usize): void {
  index.capacity = capacity;
  index.mask = 2 * capacity - 1;
  index.shift = clz<i32>(2 * capacity) + 1;
  index.pairs = pairs;
  index.slots = slots;
}
