// How two instruments move together: correlation (Pearson) and beta of log returns over a rolling window. Only bars that
// both have count: their closes are joined by opening time first, so a return spans the same time on both sides.

export interface CloseSeries {
  readonly openTimesMs: Float64Array;
  readonly close: Float64Array;
}

export interface JoinedCloses {
  readonly openTimesMs: Float64Array;
  readonly own: Float64Array;
  readonly other: Float64Array;
}

/** `beta` is of the first to the second: covariance / variance of the second. NaN until there are `window` returns. */
export interface CoMovement {
  readonly correlation: Float64Array;
  readonly beta: Float64Array;
}

export function joinCloses(own: CloseSeries, other: CloseSeries): JoinedCloses {
  const rows: [number, number, number][] = [];
  for (let [i, j] = [0, 0]; i < own.close.length && j < other.close.length; ) {
    const [a, b] = [own.openTimesMs[i]!, other.openTimesMs[j]!];
    if (a === b) rows.push([a, own.close[i++]!, other.close[j++]!]);
    else if (a < b) i++;
    else j++;
  }
  return { openTimesMs: Float64Array.from(rows, (row) => row[0]), own: Float64Array.from(rows, (row) => row[1]), other: Float64Array.from(rows, (row) => row[2]) };
}

/** @param window - returns, at least 2; a row's value takes the `window` returns that end with it. */
export function rollingCoMovement({ own, other }: JoinedCloses, window: number): CoMovement {
  const [a, b] = [logReturns(own), logReturns(other)];
  const correlation = new Float64Array(own.length).fill(NaN);
  const beta = new Float64Array(own.length).fill(NaN);
  for (let last = window; last < own.length; last++) {
    const { aa, bb, ab } = moments(a, b, last - window + 1, last);
    if (aa > 0 && bb > 0) correlation[last] = Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)));
    if (bb > 0) beta[last] = ab / bb;
  }
  return { correlation, beta };
}

/** Row 0 has no return. */
function logReturns(closes: Float64Array): Float64Array {
  return closes.map((close, row) => (row === 0 ? NaN : Math.log(close / closes[row - 1]!)));
}

/** Sums of products of deviations from the means, two passes: no digits are lost to cancellation. */
function moments(a: Float64Array, b: Float64Array, first: number, last: number): { aa: number; bb: number; ab: number } {
  const n = last - first + 1;
  let [meanA, meanB] = [0, 0];
  for (let row = first; row <= last; row++) {
    meanA += a[row]! / n;
    meanB += b[row]! / n;
  }
  let [aa, bb, ab] = [0, 0, 0];
  for (let row = first; row <= last; row++) {
    const [x, y] = [a[row]! - meanA, b[row]! - meanB];
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  return { aa, bb, ab };
}
