// The study behind the score of bad prints: `node subgraphs/data-ingestion/dist/quality-study/main.js`. One bar in a hundred
// of each real series is spoiled, by seed, and every score is judged by the average precision with which it finds them.

import { scoreBars, SUSPECT_SCORE } from '../domain/quality/bar-prints.ts';
import { averagePrecision } from './average-precision.ts';
import { BAD_PRINTS, injectBadPrints, type BadPrint } from './inject.ts';
import { beyondNeighbours, closeToClose, rangeOverRange, wickOverRange, type BarScore } from './other-scores.ts';
import { sampleBars, STUDY_SERIES } from './series.ts';

const SCORES: readonly (readonly [name: string, score: BarScore])[] = [
  ['ours', scoreBars], ['wick', wickOverRange], ['range', rangeOverRange], ['beyond', beyondNeighbours], ['close', closeToClose],
];
const CASES: readonly (readonly [name: string, kinds: readonly BadPrint[], minRanges: number, maxRanges: number])[] = [
  ['wick 2..8', ['WICK'], 2, 8],
  ['wick 1..4', ['WICK'], 1, 4],
  ['both wicks 1..4', ['BOTH_WICKS'], 1, 4],
  ['false close 2..8', ['FALSE_CLOSE'], 2, 8],
  ['false open 2..8', ['FALSE_OPEN'], 2, 8],
  ['all kinds 1.5..6', BAD_PRINTS, 1.5, 6],
];
const RATE = 0.01;
const SEEDS = [11, 12, 13, 14, 15];

console.log(`Average precision, mean of ${SEEDS.length} seeds, ${RATE * 100} % of the bars spoiled; sizes in median true ranges.\n`);
console.log(['series', 'bad prints', ...SCORES.map(([name]) => name)].map((text, index) => text.padEnd(index < 2 ? 18 : 8)).join(''));
for (const name of STUDY_SERIES) {
  const bars = await sampleBars(name);
  for (const [label, kinds, minRanges, maxRanges] of CASES) {
    const injected = SEEDS.map((seed) => injectBadPrints(bars, { kinds, rate: RATE, minRanges, maxRanges, seed }));
    const precision = SCORES.map(([, score]) => mean(injected.map(({ bars: spoiled, isBad }) => averagePrecision(score(spoiled), isBad))));
    console.log([name.padEnd(18), label.padEnd(18), ...precision.map((value) => value.toFixed(3).padEnd(8))].join(''));
  }
  const suspects = scoreBars(bars).filter((score) => score >= SUSPECT_SCORE).length;
  console.log(`${name.padEnd(18)}${suspects} of ${bars.length} untouched bars (${((100 * suspects) / bars.length).toFixed(2)} %) reach the score of ${SUSPECT_SCORE}`);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
