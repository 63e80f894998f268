// Simpler ways to score a bar, for the study to compare with. Each divides by the median range of the five bars on each side.

import type { PricedBar } from '../domain/quality/bar-prints.ts';

export type BarScore = (bars: readonly PricedBar[]) => Float64Array;

/** How long the bar's longest wick is. */
export const wickOverRange: BarScore = (bars) => scored(bars, ({ open, high, low, close }) => Math.max(high - Math.max(open, close), Math.min(open, close) - low));

/** How long the whole bar is. */
export const rangeOverRange: BarScore = (bars) => scored(bars, ({ high, low }) => high - low);

/** How far it reaches beyond the highs and lows of the bars right beside it. */
export const beyondNeighbours: BarScore = (bars) =>
  scored(bars, ({ high, low }, before, after) => Math.max(high - Math.max(before.high, after.high), Math.min(before.low, after.low) - low, 0));

/** How far the close is from the bar before, in the median of such distances: the usual test of outliers in returns. */
export const closeToClose: BarScore = (bars) => scored(bars, ({ close }, before) => Math.abs(close - before.close));

const AROUND = 5;

function scored(bars: readonly PricedBar[], measure: (bar: PricedBar, before: PricedBar, after: PricedBar) => number): Float64Array {
  return Float64Array.from(bars, (bar, index) => measure(bar, bars[index - 1] ?? bar, bars[index + 1] ?? bar) / (medianRange(bars, index) || Math.abs(bar.close) * 1e-4 || 1));
}

function medianRange(bars: readonly PricedBar[], index: number): number {
  const ranges: number[] = [];
  for (let at = Math.max(0, index - AROUND); at <= Math.min(bars.length - 1, index + AROUND); at += 1) if (at !== index) ranges.push(bars[at]!.high - bars[at]!.low);
  return ranges.sort((a, b) => a - b)[ranges.length >> 1] ?? 0;
}
