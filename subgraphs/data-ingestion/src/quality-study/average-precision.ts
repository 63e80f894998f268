// How well a score finds what it is to find, whatever the threshold: the mean of the precisions at each true hit, going
// down the list by score (the area under the precision-recall curve, without interpolation).

/** @param isHit - 1 for what is to be found. @returns 0..1; ties are broken against the score, so a constant one gains nothing by luck. */
export function averagePrecision(scores: ArrayLike<number>, isHit: ArrayLike<number>): number {
  const order = Array.from({ length: scores.length }, (_, index) => index).sort((a, b) => scores[b]! - scores[a]! || isHit[a]! - isHit[b]!);
  let hits = 0;
  let sum = 0;
  order.forEach((index, rank) => {
    if (!isHit[index]) return;
    hits += 1;
    sum += hits / (rank + 1);
  });
  return hits === 0 ? NaN : sum / hits;
}
