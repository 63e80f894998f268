// How much a bar looks like a bad print: a price that nobody around it traded at. Two things give one away. A wick that is
// out of proportion to the ranges of the bars around it, and a price that juts out beyond what traded right before and
// right after, as a false open or close does. Neighbours on both sides count, so a bar's score may still change while
// the next few arrive. `quality-study/` measured this score against others by average precision.

/** Prices as floats: a score is a statistic. */
export interface PricedBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** From this score on a bar is called suspect: a wick three times the range that bars around it have. */
export const SUSPECT_SCORE = 3;
/** Bars on each side whose ranges say what is usual. */
export const NEIGHBOURS = 7;
/** The two nearest bars on each side say when it has just become wilder; they count for this much of their own range. */
const NEAREST = 2;
const NEAREST_WEIGHT = 0.7;
/** Ordinary gaps between days jut out too: they count less than wicks. */
const JUT_WEIGHT = 0.8;
/** Where bars have no range, as in series of one price a day, a wick is measured in ten-thousandths of the price. */
const SMALLEST_RANGE_OF_PRICE = 1e-4;

/**
 * Scores every bar.
 *
 * @param bars - one instrument and interval, oldest first.
 * @returns for each bar 0 or more: the larger of its longest wick and 0.8 of what juts out, in usual ranges around it.
 */
export function scoreBars(bars: readonly PricedBar[]): Float64Array {
  const ranges = Float64Array.from(bars, ({ high, low }) => high - low);
  const trueRanges = Float64Array.from(bars, (bar, index) => trueRange(bar, bars[index - 1]));
  const near = new Float64Array(2 * NEIGHBOURS);
  return Float64Array.from(bars, (bar, index) => {
    const usual = Math.max(medianAround(ranges, index, NEIGHBOURS, near), NEAREST_WEIGHT * medianAround(ranges, index, NEAREST, near));
    const smallest = Math.max(Math.abs(bar.close) * SMALLEST_RANGE_OF_PRICE, Number.MIN_VALUE);
    const jutScale = usual > 0 ? usual : Math.max(medianAround(trueRanges, index, NEIGHBOURS, near), smallest);
    return Math.max(0, longestWick(bar) / Math.max(usual, smallest), (JUT_WEIGHT * jut(bar, bars[index - 1] ?? bar, bars[index + 1] ?? bar)) / jutScale);
  });
}

function longestWick({ open, high, low, close }: PricedBar): number {
  return Math.max(high - Math.max(open, close), Math.min(open, close) - low);
}

/** How far the bar reaches above and below the closes and opens beside it, both added. */
function jut({ high, low }: PricedBar, before: PricedBar, after: PricedBar): number {
  const above = high - Math.max(before.close, after.open, after.close);
  const below = Math.min(before.close, after.open, after.close) - low;
  return Math.max(above, 0) + Math.max(below, 0);
}

function trueRange({ high, low }: PricedBar, before: PricedBar | undefined): number {
  return before ? Math.max(high, before.close) - Math.min(low, before.close) : high - low;
}

/** Median of up to `count` values on each side of `index`, itself left out; 0 when there are none. */
function medianAround(values: Float64Array, index: number, count: number, scratch: Float64Array): number {
  let length = 0;
  for (let at = Math.max(0, index - count); at <= Math.min(values.length - 1, index + count); at += 1) if (at !== index) scratch[length++] = values[at]!;
  if (length === 0) return 0;
  const sorted = scratch.subarray(0, length).sort();
  const middle = length >> 1;
  return length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
