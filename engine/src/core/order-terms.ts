// What most orders do not have: an expiry, a display size, a trigger, flags, a time in force of their own. An order with
// any of these owns a row here, named by ORDER.TERMS; a plain one (LIMIT, GTC, no flags) has 0 there and pays one branch.

import * as fromCapacities from './capacities.ts';
import type { Parts, Table } from './table.ts';

export const TERMS_WORDS = 16;
export const TERMS_NUMBERS = TERMS_WORDS / 2;
/** Word offsets within a row; the expiry is a float64 over words 0-1. */
export const TERMS = {
  /** Unix microseconds, of GTD. */
  EXPIRE_NUMBER: 0,
  TYPE: 2,
  TIF: 3,
  FLAGS: 4,
  /** Lots shown at once; 0 shows all. */
  DISPLAY: 5,
  /** Lots of the iceberg's present slice that are left. */
  SHOWN: 6,
  /** 1 while a stop waits for its trigger. */
  DORMANT: 7,
  /** As ordered: a price, or a trailing stop's distance. */
  TRIGGER: 8,
  /** Of STOP_LIMIT. */
  LIMIT: 9,
  /** Of TRAILING_STOP: the most favourable trade price since it came; 0 before the first. */
  EXTREME: 10,
  /** Neighbours among the trailing stops of an instrument's side, plus one. */
  OLDER: 11,
  NEWER: 12,
  /** Place in the expiry heap, plus one. */
  HEAP: 13,
  /** The trade price that elected the stop. */
  ELECTED: 14,
} as const;
/** A free row's word that names the next one. */
const NEXT_FREE = TERMS.TYPE;

/** Held here: V8 folds a module's own constants into the code, one that is exported or imported it loads at every use. */
const { MAX_OPEN_ORDERS } = fromCapacities;
const WORDS = TERMS_WORDS;

export class OrderTerms implements Table {
  readonly words: Int32Array;
  readonly numbers: Float64Array;
  /** Rows ever used; row 0 means "none". */
  highWater = 1;
  freeHead = 0;

  constructor() {
    const buffer = new ArrayBuffer((MAX_OPEN_ORDERS + 1) * WORDS * 4);
    this.words = new Int32Array(buffer);
    this.numbers = new Float64Array(buffer);
  }

  contents(parts: Parts): void {
    this.highWater = parts.number('highWater', this.highWater - 1) + 1;
    this.freeHead = parts.number('freeHead', this.freeHead);
    parts.array('words', this.words, this.highWater * WORDS);
  }

  /** A row of zeros. There is one for every order that may be open. */
  allocate(): number {
    let row = this.freeHead;
    if (row === 0) row = this.highWater++;
    else this.freeHead = this.words[row * WORDS + NEXT_FREE]!;
    this.words.fill(0, row * WORDS, (row + 1) * WORDS);
    return row;
  }

  free(row: number): void {
    this.words[row * WORDS + NEXT_FREE] = this.freeHead;
    this.freeHead = row;
  }

  get(row: number, offset: number): number {
    return this.words[row * WORDS + offset]!;
  }

  set(row: number, offset: number, value: number): void {
    this.words[row * WORDS + offset] = value;
  }
}
