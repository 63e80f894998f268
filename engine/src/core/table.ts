// How a table of the state shows what it holds. One method, `contents`, serves the state hash, the saving of a snapshot
// and its loading: hashing and saving look at each part, loading fills it in, so the three can never disagree.
//
// A new table:
//   1. `class Fees implements Table`, and one line for it in `State.contents`.
//   2. contents(parts) {
//        this.count = parts.number('count', this.count);             // numbers first: they say how much is used
//        parts.array('words', this.words, this.count * FEE_WORDS);   // then arrays, as far as they are used
//        parts.table('index', this.index);                           // tables within
//      }
//   3. What follows from that (hash tables, heaps) stays out of it; `rebuild` makes it again after loading.
// Hold to: equal commands leave equal parts (free places included); an array that grows is grown before its `array` line;
// zero, or nothing used, means what was so before the table or the number existed, so that older snapshots still load.

/** Asked for each part by name; a name is used once a table. */
export interface Parts {
  /** @returns the number to go on with: the one given, or the loaded one. */
  number(name: string, value: number): number;
  /** The first `used` elements of `array`. */
  array(name: string, array: PartArray, used: number): void;
  table(name: string, table: Table): void;
}

export type PartArray = Int32Array | Float64Array | Uint8Array;

export interface Table {
  contents(parts: Parts): void;
  /** Called once after loading, when the tables within are ready. */
  rebuild?(): void;
}
