// Which price levels the current command changed, in the order of changing: each is announced once, at its end. A level
// that goes and comes back within a command is one level.

import { MAX_OPEN_ORDERS } from './capacities';
import { NONE } from './codes';
import { hashOfPair } from './hash';
import { TOUCHED, TOUCHED_AT, TOUCHED_SLOTS } from './memory';

const SLOT_COUNT: i32 = 4 * MAX_OPEN_ORDERS;
const MASK: i32 = SLOT_COUNT - 1;
const SHIFT: i32 = clz<i32>(SLOT_COUNT) + 1;

@unmanaged
export class Touched {
  instrument: i32;
  side: i32;
  price: i32;
  /** -1 when it has gone. */
  level: i32;
}

@unmanaged
class Slot {
  /** When it was written; what was written for other commands is not there. */
  generation: f64;
  place: i32;
  unused: i32;
}

export let touchedCount: i32 = 0;
let hasDropped: bool = false;
/** Places found by price, of the first so many; only filled once a level comes after one went in the same command. */
let placedCount: i32 = 0;
let generation: f64 = 0;

// @ts-ignore: decorator
@inline
export function touchedAt(place: i32): Touched {
  return changetype<Touched>(TOUCHED + (<usize>place << 4));
}

/** Forgets the levels of the command before. */
export function forgetTouched(): void {
  for (let place = 0; place < touchedCount; place++) {
    const level = touchedAt(place).level;
    if (level >= 0) setPlaceOf(level, 0);
  }
  touchedCount = 0;
  hasDropped = false;
  placedCount = 0;
}

// @ts-ignore: decorator
@inline
export function touch(level: i32, instrument: i32, side: i32, price: i32): void {
  if (placeOf(level) == 0) addTouched(level, instrument, side, price);
}

/** A level that did not exist before: perhaps it went in this command. */
export function beginLevel(level: i32, instrument: i32, side: i32, price: i32): void {
  setPlaceOf(level, hasDropped ? comeBack(level, instrument, side, price) : 0);
}

/** A touched level goes. */
export function dropTouched(level: i32): void {
  hasDropped = true;
  touchedAt(placeOf(level) - 1).level = NONE;
}

function addTouched(level: i32, instrument: i32, side: i32, price: i32): void {
  const touched = touchedAt(touchedCount++);
  setPlaceOf(level, touchedCount);
  touched.instrument = instrument;
  touched.side = side;
  touched.price = price;
  touched.level = level;
}

/** @returns its place among the touched ones plus one, or 0. */
function comeBack(level: i32, instrument: i32, side: i32, price: i32): i32 {
  if (placedCount == 0) generation++;
  for (; placedCount < touchedCount; placedCount++) {
    const touched = touchedAt(placedCount);
    const slot = slotOf(touched.instrument, touched.side, touched.price);
    slot.generation = generation;
    slot.place = placedCount;
  }
  const slot = slotOf(instrument, side, price);
  if (slot.generation != generation) return 0;
  touchedAt(slot.place).level = level;
  return slot.place + 1;
}

/** Where the price stands or would stand. */
function slotOf(instrument: i32, side: i32, price: i32): Slot {
  let at = hashOfPair(2 * instrument + side, price, SHIFT);
  while (slotAt(at).generation == generation && !isAt(touchedAt(slotAt(at).place), instrument, side, price)) at = (at + 1) & MASK;
  return slotAt(at);
}

function isAt(touched: Touched, instrument: i32, side: i32, price: i32): bool {
  return touched.price == price && touched.side == side && touched.instrument == instrument;
}

// @ts-ignore: decorator
@inline
function slotAt(at: i32): Slot {
  return changetype<Slot>(TOUCHED_SLOTS + (<usize>at << 4));
}

/** Of a level among the touched ones, plus one. */
// @ts-ignore: decorator
@inline
function placeOf(level: i32): i32 {
  return load<i32>(TOUCHED_AT + (<usize>level << 2));
}

// @ts-ignore: decorator
@inline
function setPlaceOf(level: i32, place: i32): void {
  store<i32>(TOUCHED_AT + (<usize>level << 2), place);
}
