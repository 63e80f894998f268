// What is known of each instrument: its definition, fixed once registered, and its last trade.

import type { RecordViews } from '@mib/proto/layout-record';
import * as fromLayoutRecord from '@mib/proto/layout-record';
import { recordViews } from '@mib/proto/layout-record';
import { MAX_INSTRUMENTS } from './capacities.ts';
import { PairIndex } from './pair-index.ts';
import type { Parts, Table } from './table.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS, TEXT_LENGTH_WORD, TEXT_WORD, TEXT_WORDS } = fromLayoutRecord;

/** Word and float64 offsets within an instrument's record; text and its length lie where every record has them. */
export const INSTRUMENT = {
  NUMBER: 0,
  TICK_SCALE: 1,
  LOT_SCALE: 2,
  CASH_SCALE: 3,
  TICK_UNITS_NUMBER: 2,
  LOT_UNITS_NUMBER: 3,
  CASH_PER_TICK_LOT_NUMBER: 4,
  CURRENCY: 10,
  LAST_PRICE: 11,
  LAST_QUANTITY: 12,
  LAST_SIDE: 13,
  LAST_TIMESTAMP: 14,
  /** Of the last trade's event. */
  LAST_SEQUENCE_NUMBER: 13,
  CHANGED_TIMESTAMP: 28,
  /** INSTRUMENT_STATE. */
  STATE: 30,
} as const;

export class Instruments implements Table {
  readonly index = new PairIndex(MAX_INSTRUMENTS);
  readonly views: RecordViews = recordViews(new ArrayBuffer(MAX_INSTRUMENTS * RECORD_BYTES));

  contents(parts: Parts): void {
    parts.table('index', this.index);
    parts.array('words', this.views.words, this.index.count * RECORD_WORDS);
  }

  /** Index of the instrument, or -1. */
  find(instrumentNumber: number): number {
    return this.index.find(instrumentNumber, 0);
  }

  word(instrument: number, offset: number): number {
    return this.views.words[instrument * RECORD_WORDS + offset]!;
  }

  number(instrument: number, offset: number): number {
    return this.views.numbers[instrument * RECORD_NUMBERS + offset]!;
  }

  setWord(instrument: number, offset: number, value: number): void {
    this.views.words[instrument * RECORD_WORDS + offset] = value;
  }

  setNumber(instrument: number, offset: number, value: number): void {
    this.views.numbers[instrument * RECORD_NUMBERS + offset] = value;
  }

  /** Copies the id from a command record whose first word is at `commandWord`. */
  setText(instrument: number, from: Int32Array, commandWord: number): void {
    const at = instrument * RECORD_WORDS;
    for (let i = 0; i < TEXT_WORDS; i++) this.views.words[at + TEXT_WORD + i] = from[commandWord + TEXT_WORD + i]!;
    this.views.words[at + TEXT_LENGTH_WORD] = from[commandWord + TEXT_LENGTH_WORD]!;
  }

  hasText(instrument: number, other: Int32Array, commandWord: number): boolean {
    const at = instrument * RECORD_WORDS;
    for (let i = 0; i < TEXT_WORDS; i++) if (this.views.words[at + TEXT_WORD + i] !== other[commandWord + TEXT_WORD + i]) return false;
    return true;
  }
}
