// Value at risk and expected shortfall from daily profits and losses of today's positions. Losses are positive numbers.
//
//   historical   the empirical quantile with linear interpolation (Hyndman-Fan type 7), and the mean at or beyond it
//   parametric   normal, mean zero, deviation of the sample (n - 1)
//
// Several days are one day times the square root of their number.

import { density, quantile } from './normal.ts';

export const VAR_METHODS = ['HISTORICAL', 'PARAMETRIC'] as const;
export type VarMethod = (typeof VAR_METHODS)[number];

/** Fewer say nothing about a one-in-a-hundred day. */
export const MIN_OBSERVATIONS = 100;
/** About two years: long enough for a tail, short enough to be about this market. */
export const MAX_OBSERVATIONS = 500;

export interface VarQuestion {
  readonly method: VarMethod;
  /** 0.5..0.999 */
  readonly confidence: number;
  readonly horizonDays: number;
}

export interface TailRisk {
  readonly amount: number;
  readonly expectedShortfall: number;
}

/** @param profits - daily profits (losses negative) in money, at least two. */
export function valueAtRisk(profits: readonly number[], { method, confidence, horizonDays }: VarQuestion): TailRisk {
  const oneDay = method === 'HISTORICAL' ? historical(profits, confidence) : parametric(sampleDeviation(profits), confidence);
  const scale = Math.sqrt(horizonDays);
  return { amount: scale * Math.max(0, oneDay.amount), expectedShortfall: scale * Math.max(0, oneDay.expectedShortfall) };
}

/** @param deviation - standard deviation of the daily profit. */
export function parametric(deviation: number, confidence: number): TailRisk {
  const z = quantile(confidence);
  return { amount: z * deviation, expectedShortfall: (density(z) / (1 - confidence)) * deviation };
}

function historical(profits: readonly number[], confidence: number): TailRisk {
  const losses = profits.map((profit) => -profit).sort((a, b) => a - b);
  const position = (losses.length - 1) * confidence;
  // A confidence such as 0.99 is no binary number: without rounding, its product with 500 days could miss a whole index.
  const whole = Math.abs(position - Math.round(position)) < 1e-9 ? Math.round(position) : Math.floor(position);
  const lower = losses[whole]!;
  const amount = whole === position || whole + 1 >= losses.length ? lower : lower + Math.max(0, position - whole) * (losses[whole + 1]! - lower);
  const tail = losses.slice(losses.findIndex((loss) => loss >= amount));
  return { amount, expectedShortfall: tail.reduce((sum, loss) => sum + loss, 0) / tail.length };
}

function sampleDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
