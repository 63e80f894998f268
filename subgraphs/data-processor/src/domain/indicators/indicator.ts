// The one form of an indicator: a state of doubles in a slice of a Float64Array, and `run`, which takes rows of bars
// into that slice and writes a value a row. A whole array is one call with many rows, a live bar is a call with one row,
// a snapshot is a copy of the slice. Many symbols are many slices of one array, and a row of bars for each of them is one
// call too: the state then moves on by `stride` from row to row. Since it is the same code in the same order, batch,
// stream, symbols side by side and restored stream agree to the bit.
//
//   bars.close  ─┐          state[at + row * stride .. + slots)
//   rows [from, to) ──► run ◄──┘  ──► out[component][from .. to)
//
// Inside, loops keep the state in local variables over the rows of a series, and exchange them between those of symbols.

/** Columns of equal length, oldest bar first; prices finite, `volume` NaN where the source does not say. */
export interface BarColumns {
  /** Start of each bar, milliseconds since the epoch; only VWAP looks at it. */
  readonly openTimesMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

export interface Indicator {
  /** Names of the values, in the order of `out`. */
  readonly components: readonly string[];
  /** Length of the state; all zeros is the start. */
  readonly slots: number;
  /** Bars without a value at the start of a series. */
  readonly warmup: number;
  /**
   * Bars before a value beyond which a double no longer shows what came earlier, `warmup` included; Infinity where the
   * value counts from the first bar of the series.
   */
  readonly memory: number;
  /** Begins anew at 00:00 UTC, so `memory` is never more than the bars of a day. */
  readonly forgetsDaily?: true;
  /**
   * Takes the rows `from` to `to` (exclusive) of `bars` and writes their values to the same rows of `out`, one column a
   * component; during warm-up all of them are NaN.
   *
   * @param at - where the state of row `from` begins in `state`.
   * @param stride - 0: the rows are one series; `slots`: each row is another symbol's, their states side by side.
   */
  run(state: Float64Array, at: number, stride: number, bars: BarColumns, from: number, to: number, out: readonly Float64Array[]): void;
}

export const SINGLE = ['value'] as const;

/** (1 - 2 / (n + 1)) ^ (20 n) is below e^-40, 4e-18: under half a unit in the last place. */
export const EXPONENTIAL_MEMORY_PERIODS = 20;
/** Averages of averages forget later: t^2 e^-t is below 1e-17 from here on. */
export const CHAINED_MEMORY_PERIODS = 24;
/** The same for Wilder's factor 1 / n, which forgets half as fast. */
export const WILDER_MEMORY_PERIODS = 40;
export const CHAINED_WILDER_MEMORY_PERIODS = 48;
/** SAR and SUPERTREND forget at their reversals; no market goes this many bars without several. */
export const REVERSAL_MEMORY_BARS = 5_000;

/** Rows that steps of one indicator hand each other at once: small enough to stay in the first-level cache. */
export const CHUNK_ROWS = 512;

/** A column between two steps of an indicator. Indicators never interleave, so those of one file share theirs. */
export function scratchColumn(): Float64Array {
  return new Float64Array(CHUNK_ROWS);
}

export function barColumns(rows: number): BarColumns {
  const column = (): Float64Array => new Float64Array(rows);
  return { openTimesMs: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
}
