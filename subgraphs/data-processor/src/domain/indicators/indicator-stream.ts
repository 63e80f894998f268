// An indicator on its way through a series, bar by bar: for live candles, and for whole arrays at once.

import type { Indicator, IndicatorBar } from './indicator.ts';
import { indicatorOf } from './indicator.ts';
import type { IndicatorSpec } from './indicator-spec.ts';

/** Values in the order of `components`, or null during warm-up. */
export type IndicatorValues = readonly number[] | null;

export class IndicatorStream {
  readonly indicator: Indicator;
  #state: Float64Array;
  readonly #scratch: Float64Array;
  readonly #out: Float64Array;

  constructor(spec: IndicatorSpec) {
    this.indicator = indicatorOf(spec);
    this.#state = new Float64Array(this.indicator.slots);
    this.#scratch = new Float64Array(this.indicator.slots);
    this.#out = new Float64Array(this.indicator.components.length);
  }

  /** Takes a bar for good. */
  step(bar: IndicatorBar): IndicatorValues {
    this.indicator.step(this.#state, bar, this.#out);
    return this.#values();
  }

  /** The value that `step` would give, without taking the bar: a forming candle is peeked at each of its changes. */
  peek(bar: IndicatorBar): IndicatorValues {
    this.#scratch.set(this.#state);
    this.indicator.step(this.#scratch, bar, this.#out);
    return this.#values();
  }

  snapshot(): Float64Array {
    return this.#state.slice();
  }

  /** @throws {RangeError} when the snapshot is another indicator's. */
  restore(snapshot: Float64Array): void {
    if (snapshot.length !== this.indicator.slots) throw new RangeError(`a snapshot has ${this.indicator.slots} slots, was ${snapshot.length}`);
    this.#state = snapshot.slice();
  }

  #values(): IndicatorValues {
    return Number.isNaN(this.#out[0]) ? null : [...this.#out];
  }
}

/** Columns of equal length, oldest bar first. */
export interface BarColumns {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/**
 * Folds the step over a whole series.
 *
 * @returns one column per component, NaN during warm-up.
 */
export function runIndicator(spec: IndicatorSpec, bars: BarColumns): Float64Array[] {
  const indicator = indicatorOf(spec);
  const columns = indicator.components.map(() => new Float64Array(bars.close.length));
  const state = new Float64Array(indicator.slots);
  const out = new Float64Array(columns.length);
  const bar = { high: 0, low: 0, close: 0 };
  for (let index = 0; index < bars.close.length; index++) {
    bar.high = bars.high[index]!;
    bar.low = bars.low[index]!;
    bar.close = bars.close[index]!;
    indicator.step(state, bar, out);
    for (let column = 0; column < columns.length; column++) columns[column]![index] = out[column]!;
  }
  return columns;
}
