// An indicator on its way through bars: over whole arrays at once, bar by bar, or over many symbols side by side.

import type { BarColumns, Indicator } from './indicator.ts';
import { barColumns } from './indicator.ts';
import type { IndicatorSpec } from './catalog.ts';
import { indicatorOf } from './catalog.ts';

/** A compiler that replaces running loops gives up at the end of one long call; many short ones stay compiled. */
const ROWS_PER_CALL = 4_096;

/** Values in the order of `components`, or null during warm-up. */
export type IndicatorValues = readonly number[] | null;

export interface IndicatorBar {
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** NaN where the source does not say. */
  readonly volume: number;
}

/**
 * Runs an indicator over a whole series.
 *
 * @param into - columns of `bars`' length to write to, one a component; new ones without it. Fresh memory costs more than
 * most indicators, so who runs many over one series hands in the same.
 * @returns one column per component, NaN during warm-up.
 */
export function runIndicator(spec: IndicatorSpec, bars: BarColumns, into?: readonly Float64Array[]): readonly Float64Array[] {
  const indicator = indicatorOf(spec);
  const rows = bars.close.length;
  const columns = into ?? indicator.components.map(() => new Float64Array(rows));
  const state = new Float64Array(indicator.slots);
  for (let from = 0; from < rows; from += ROWS_PER_CALL) indicator.run(state, 0, 0, bars, from, Math.min(rows, from + ROWS_PER_CALL), columns);
  return columns;
}

/** One series, bar by bar. */
export class IndicatorStream {
  readonly indicator: Indicator;
  #state: Float64Array;
  readonly #scratch: Float64Array;
  readonly #row = barColumns(1);
  readonly #out: readonly Float64Array[];

  constructor(spec: IndicatorSpec) {
    this.indicator = indicatorOf(spec);
    this.#state = new Float64Array(this.indicator.slots);
    this.#scratch = new Float64Array(this.indicator.slots);
    this.#out = this.indicator.components.map(() => new Float64Array(1));
  }

  /** Takes a bar for good. */
  step(bar: IndicatorBar): IndicatorValues {
    return this.#run(this.#state, bar);
  }

  /** The value that `step` would give, without taking the bar: a forming candle is peeked at each of its changes. */
  peek(bar: IndicatorBar): IndicatorValues {
    this.#scratch.set(this.#state);
    return this.#run(this.#scratch, bar);
  }

  /** Takes the rows `from` to `to` (exclusive) for good, without their values. */
  skip(bars: BarColumns, from: number, to: number): void {
    if (to <= from) return;
    this.indicator.run(this.#state, 0, 0, bars, from, to, this.indicator.components.map(() => new Float64Array(to)));
  }

  snapshot(): Float64Array {
    return this.#state.slice();
  }

  /** @throws {RangeError} when the snapshot is another indicator's. */
  restore(snapshot: Float64Array): void {
    if (snapshot.length !== this.indicator.slots) throw new RangeError(`a snapshot has ${this.indicator.slots} slots, was ${snapshot.length}`);
    this.#state = snapshot.slice();
  }

  #run(state: Float64Array, bar: IndicatorBar): IndicatorValues {
    const row = this.#row;
    row.openTimesMs[0] = bar.openTimeMs;
    row.open[0] = bar.open;
    row.high[0] = bar.high;
    row.low[0] = bar.low;
    row.close[0] = bar.close;
    row.volume[0] = bar.volume;
    this.indicator.run(state, 0, 0, row, 0, 1, this.#out);
    return Number.isNaN(this.#out[0]![0]) ? null : this.#out.map((column) => column[0]!);
  }
}

/**
 * One indicator over many symbols: their states lie side by side in one array, their newest bars in the rows of one set
 * of columns. Nothing is allocated per bar. Bars of one interval end together, so the rows of all symbols are best taken
 * in one call: that costs a fraction of a call per symbol.
 *
 *     bars.close[symbol] = 101.5; …
 *     table.step(symbol);                // or table.stepRows(0, symbols) once every row is filled
 *     table.values[0][symbol]            // NaN during warm-up
 */
export class IndicatorTable {
  readonly indicator: Indicator;
  /** One column a component, one row a symbol. */
  readonly values: readonly Float64Array[];
  readonly #bars: BarColumns;
  readonly #states: Float64Array;

  /** @param bars - rows of the symbols, 0 to `symbols` - 1; may be shared by many tables. */
  constructor(spec: IndicatorSpec, symbols: number, bars: BarColumns) {
    this.indicator = indicatorOf(spec);
    this.#bars = bars;
    this.#states = new Float64Array(symbols * this.indicator.slots);
    this.values = this.indicator.components.map(() => new Float64Array(symbols).fill(NaN));
  }

  /** Takes the bar in the symbol's row for good. */
  step(symbol: number): void {
    this.stepRows(symbol, symbol + 1);
  }

  /** Takes the bars in the rows `from` to `to` (exclusive) for good, each its symbol's. */
  stepRows(from: number, to: number): void {
    const { slots } = this.indicator;
    this.indicator.run(this.#states, from * slots, slots, this.#bars, from, to, this.values);
  }

  /** Of all symbols. */
  snapshot(): Float64Array {
    return this.#states.slice();
  }

  /** @throws {RangeError} when the snapshot is another table's. */
  restore(snapshot: Float64Array): void {
    if (snapshot.length !== this.#states.length) throw new RangeError(`a snapshot has ${this.#states.length} slots, was ${snapshot.length}`);
    this.#states.set(snapshot);
  }
}
