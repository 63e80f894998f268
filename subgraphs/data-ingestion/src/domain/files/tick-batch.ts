// What a file of messages yields, a fixed number of rows at a time: trades as columns, counts, and the rows that were
// refused. The columns are reused by the next batch: whoever wants to keep something copies it.

import type { ImportReject } from '../bar.ts';

/** Rows of one batch, whatever they hold: batches of one file begin and end at the same rows in every run. */
export const BATCH_ROWS = 65_536;
/** Rejects listed of one batch; all are counted. */
const MAX_LISTED = 100;

/** Trades of one batch by row; the first `count` places of each column are in use. */
export interface TickColumns {
  readonly count: number;
  /** Index into the instruments of the import. */
  readonly instruments: Int32Array;
  /** From 1, over the whole file. */
  readonly rows: Float64Array;
  /** After midnight of the trading day. */
  readonly offsetsNs: Float64Array;
  /** In 10^-PRICE_SCALE of the currency. */
  readonly prices: Float64Array;
  /** In shares. */
  readonly quantities: Float64Array;
  /** 1 where the buyer came second and so made the trade, -1 the seller, 0 where the file does not say. */
  readonly sides: Int8Array;
}

/** LOBSTER and ITCH write prices in ten-thousandths. */
export const PRICE_SCALE = 4;

export class TickBatch implements TickColumns {
  readonly instruments = new Int32Array(BATCH_ROWS);
  readonly rows = new Float64Array(BATCH_ROWS);
  readonly offsetsNs = new Float64Array(BATCH_ROWS);
  readonly prices = new Float64Array(BATCH_ROWS);
  readonly quantities = new Float64Array(BATCH_ROWS);
  readonly sides = new Int8Array(BATCH_ROWS);
  /** Rows taken of each instrument. */
  readonly taken: Float64Array;
  count = 0;
  firstRow = 1;
  lastRow = 0;
  /** Rows of other instruments, or of none. */
  skippedRows = 0;
  rejectedRows = 0;
  rejects: ImportReject[] = [];
  /** Of the file, as stored. */
  readBytes = 0;

  constructor(instrumentCount: number) {
    this.taken = new Float64Array(instrumentCount);
  }

  get isFull(): boolean {
    return this.lastRow - this.firstRow + 1 >= BATCH_ROWS;
  }

  get isEmpty(): boolean {
    return this.lastRow < this.firstRow;
  }

  /** Empties the batch for the rows that follow. */
  next(): void {
    this.firstRow = this.lastRow + 1;
    this.count = this.skippedRows = this.rejectedRows = 0;
    this.taken.fill(0);
    this.rejects = [];
  }

  addTick(instrument: number, offsetNs: number, price: number, quantity: number, side: number): void {
    const at = this.count++;
    this.instruments[at] = instrument;
    this.rows[at] = this.lastRow;
    this.offsetsNs[at] = offsetNs;
    this.prices[at] = price;
    this.quantities[at] = quantity;
    this.sides[at] = side;
  }

  /** Refuses the row `lastRow`. */
  reject(code: ImportReject['code'], reason: string): void {
    this.rejectedRows += 1;
    if (this.rejects.length < MAX_LISTED) this.rejects.push({ line: this.lastRow, code, reason });
  }
}
