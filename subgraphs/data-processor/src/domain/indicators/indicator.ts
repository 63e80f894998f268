// Each indicator once: how many slots of state it needs, how one bar changes them, what comes out. Batch and stream
// both are nothing but this step, so they cannot disagree. Conventions and warm-up are TA-Lib's.

import type { IndicatorSpec } from './indicator-spec.ts';
import { RECURSIVE_SLOTS, stepExponential, stepWilder, stepWindow, windowDeviation, windowSlots } from './averages.ts';

export interface IndicatorBar {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export interface Indicator {
  /** Names of the values, in the order of `out`. */
  readonly components: readonly string[];
  /** Length of the state; all zeros is the start. */
  readonly slots: number;
  /** Bars without a value at the start of a series. */
  readonly warmup: number;
  /** Bars before a value beyond which a double no longer shows what came earlier; `warmup` included. */
  readonly memory: number;
  /** Applies one bar to `state` and writes the values to `out`: all NaN during warm-up. */
  step(state: Float64Array, bar: IndicatorBar, out: Float64Array): void;
}

/** (1 - 2 / (n + 1)) ^ (20 n) is below e^-40, 4e-18: under half a unit in the last place. */
const EXPONENTIAL_MEMORY_PERIODS = 20;
/** The same for Wilder's factor 1 / n. */
const WILDER_MEMORY_PERIODS = 40;

const SINGLE = ['value'] as const;

export function indicatorOf(spec: IndicatorSpec): Indicator {
  switch (spec.kind) {
    case 'SMA':
      return simpleAverage(spec.period);
    case 'EMA':
      return exponentialAverage(spec.period);
    case 'RSI':
      return relativeStrength(spec.period);
    case 'MACD':
      return convergence(spec.fast, spec.slow, spec.signal);
    case 'BBANDS':
      return bollingerBands(spec.period, spec.deviations);
    case 'ATR':
      return averageTrueRange(spec.period);
  }
}

function simpleAverage(period: number): Indicator {
  return {
    components: SINGLE,
    slots: windowSlots(period),
    warmup: period - 1,
    memory: period - 1,
    step: (state, bar, out) => {
      out[0] = stepWindow(state, 0, period, bar.close);
    },
  };
}

function exponentialAverage(period: number): Indicator {
  return {
    components: SINGLE,
    slots: RECURSIVE_SLOTS,
    warmup: period - 1,
    memory: (1 + EXPONENTIAL_MEMORY_PERIODS) * period,
    step: (state, bar, out) => {
      out[0] = stepExponential(state, 0, period, bar.close);
    },
  };
}

/** Below this sum of the averages TA-Lib calls the market flat and answers 0 (TA_EPSILON). */
const FLAT = 1e-14;

/** State: [previous close seen?, previous close, average gain, average loss]. */
function relativeStrength(period: number): Indicator {
  return {
    components: SINGLE,
    slots: 2 + 2 * RECURSIVE_SLOTS,
    warmup: period,
    memory: (1 + WILDER_MEMORY_PERIODS) * period,
    step: (state, bar, out) => {
      const change = bar.close - state[1]!;
      const first = state[0] === 0;
      state[0] = 1;
      state[1] = bar.close;
      out[0] = NaN;
      if (first) return;
      const gain = stepWilder(state, 2, period, Math.max(change, 0));
      const loss = stepWilder(state, 2 + RECURSIVE_SLOTS, period, Math.max(-change, 0));
      out[0] = gain + loss < FLAT ? 0 : (100 * gain) / (gain + loss);
    },
  };
}

/**
 * State: [bars seen, EMA fast, EMA slow, EMA signal].
 *
 * The fast average waits for bar slow - fast, so that its seed ends where the slow one's does (TA-Lib, TA_INT_MACD).
 */
function convergence(fast: number, slow: number, signal: number): Indicator {
  return {
    components: ['macd', 'signal', 'histogram'],
    slots: 1 + 3 * RECURSIVE_SLOTS,
    warmup: slow + signal - 2,
    memory: (1 + EXPONENTIAL_MEMORY_PERIODS) * (slow + signal),
    step: (state, bar, out) => {
      const index = state[0]!;
      if (index < slow) state[0] = index + 1;
      out.fill(NaN);
      const slowAverage = stepExponential(state, 1 + RECURSIVE_SLOTS, slow, bar.close);
      if (index < slow - fast) return;
      const line = stepExponential(state, 1, fast, bar.close) - slowAverage;
      if (index < slow - 1) return;
      const average = stepExponential(state, 1 + 2 * RECURSIVE_SLOTS, signal, line);
      if (Number.isNaN(average)) return;
      out[0] = line;
      out[1] = average;
      out[2] = line - average;
    },
  };
}

function bollingerBands(period: number, deviations: number): Indicator {
  return {
    components: ['upper', 'middle', 'lower'],
    slots: windowSlots(period),
    warmup: period - 1,
    memory: period - 1,
    step: (state, bar, out) => {
      const middle = stepWindow(state, 0, period, bar.close);
      const width = deviations * windowDeviation(state, 0, period, middle);
      out[0] = middle + width;
      out[1] = middle;
      out[2] = middle - width;
    },
  };
}

/** State: [previous close seen?, previous close, Wilder's average of the true ranges]; the first bar has no true range. */
function averageTrueRange(period: number): Indicator {
  return {
    components: SINGLE,
    slots: 2 + RECURSIVE_SLOTS,
    warmup: period,
    memory: (1 + WILDER_MEMORY_PERIODS) * period,
    step: (state, bar, out) => {
      const previous = state[1]!;
      const first = state[0] === 0;
      state[0] = 1;
      state[1] = bar.close;
      const range = Math.max(bar.high - bar.low, Math.abs(bar.high - previous), Math.abs(bar.low - previous));
      out[0] = first ? NaN : stepWilder(state, 2, period, range);
    },
  };
}
