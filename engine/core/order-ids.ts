// From an order's id to its place. Ids are sequences of commands, so those of open orders lie close together in time: 64
// ids that follow each other share a page, which says of each its order's place, and is given back with its last order. A
// table finds the page by open addressing; it too keeps neighbours together, so that what a busy book touches is small.
//
//   id ─► id / 64 ─► slot in the table ─► page ─► place of order id % 64, plus one

import { MAX_OPEN_ORDERS } from './capacities';
import { NONE } from './codes';
import { hashOf } from './hash';
import { PAGE_COUNTS, PAGE_SLOTS, PAGES } from './memory';

const IDS_BITS: i32 = 6;
const IDS_MASK: i64 = (1 << IDS_BITS) - 1;
const SLOT_COUNT: i32 = 2 * MAX_OPEN_ORDERS;
const MASK: i32 = SLOT_COUNT - 1;
const SHIFT: i32 = clz<i32>(SLOT_COUNT) + 1;
/** Numbers that follow each other and lie together, 4 KiB of slots; where, nobody can choose who places orders. */
const TOGETHER: i32 = min<i32>(255, MASK);

@unmanaged
class Slot {
  /** The ids' common part. */
  number: i64;
  /** Index of the page plus one; 0 is free. */
  page: i32;
  unused: i32;
}

/** Pages ever used; the free ones among them, chained through their first entry, plus one. */
let pageHighWater: i32 = 0;
let freePage: i32 = 0;
/** Of the id remembered last: the next one is most likely on it too. */
let lastNumber: i64 = 0;
let lastPage: i32 = NONE;

/** Place of the order plus one; 0 when there is none. */
// @ts-ignore: decorator
@inline
export function placeOfId(id: f64): i32 {
  const page = findPage(numberOf(id));
  return page == NONE ? 0 : load<i32>(entryAt(page, id));
}

export function rememberId(id: f64, place: i32): void {
  const number = numberOf(id);
  if (number != lastNumber || lastPage == NONE) {
    lastNumber = number;
    lastPage = findPage(number);
    if (lastPage == NONE) lastPage = addPage(number);
  }
  store<i32>(entryAt(lastPage, id), place + 1);
  store<i32>(countAt(lastPage), load<i32>(countAt(lastPage)) + 1);
}

/** Of an id that is remembered. */
export function forgetId(id: f64): void {
  const number = numberOf(id);
  const page = number == lastNumber && lastPage != NONE ? lastPage : findPage(number);
  store<i32>(entryAt(page, id), 0);
  const left = load<i32>(countAt(page)) - 1;
  store<i32>(countAt(page), left);
  if (left == 0) removePage(number, page);
}

// @ts-ignore: decorator
@inline
function findPage(number: i64): i32 {
  let at = hash(number);
  while (slotAt(at).page != 0 && slotAt(at).number != number) at = (at + 1) & MASK;
  return slotAt(at).page - 1;
}

/** A page has as many entries in use as orders are open, so there is always one more. */
function addPage(number: i64): i32 {
  let page = freePage - 1;
  if (page == NONE) {
    page = pageHighWater++;
  } else {
    freePage = load<i32>(pageAt(page));
    store<i32>(pageAt(page), 0);
  }
  let at = hash(number);
  while (slotAt(at).page != 0) at = (at + 1) & MASK;
  slotAt(at).page = page + 1;
  slotAt(at).number = number;
  return page;
}

/** Empties the slot, then moves back every later one that the gap would cut off from its home: no tombstones. */
function removePage(number: i64, page: i32): void {
  store<i32>(pageAt(page), freePage);
  freePage = page + 1;
  if (page == lastPage) lastPage = NONE;
  let gap = hash(number);
  while (slotAt(gap).page != page + 1) gap = (gap + 1) & MASK;
  for (let at = (gap + 1) & MASK; slotAt(at).page != 0; at = (at + 1) & MASK) {
    const home = hash(slotAt(at).number);
    if (((at - home) & MASK) >= ((at - gap) & MASK)) {
      slotAt(gap).page = slotAt(at).page;
      slotAt(gap).number = slotAt(at).number;
      gap = at;
    }
  }
  slotAt(gap).page = 0;
}

// @ts-ignore: decorator
@inline
function numberOf(id: f64): i64 {
  return <i64>id >>> IDS_BITS;
}

// @ts-ignore: decorator
@inline
function hash(number: i64): i32 {
  const low = <i32>number;
  return (hashOf(low & ~TOGETHER, SHIFT) & ~TOGETHER) | (low & TOGETHER);
}

// @ts-ignore: decorator
@inline
function slotAt(at: i32): Slot {
  return changetype<Slot>(PAGE_SLOTS + (<usize>at << 4));
}

// @ts-ignore: decorator
@inline
function pageAt(page: i32): usize {
  return PAGES + (<usize>page << (IDS_BITS + 2));
}

// @ts-ignore: decorator
@inline
function entryAt(page: i32, id: f64): usize {
  return pageAt(page) + (<usize>(<i64>id & IDS_MASK) << 2);
}

// @ts-ignore: decorator
@inline
function countAt(page: i32): usize {
  return PAGE_COUNTS + (<usize>page << 2);
}
