import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { averagePrecision } from '../../quality-study/average-precision.ts';
import { BAD_PRINTS, injectBadPrints } from '../../quality-study/inject.ts';
import { closeToClose, rangeOverRange, wickOverRange } from '../../quality-study/other-scores.ts';
import { sampleBars } from '../../quality-study/series.ts';
import { scoreBars, SUSPECT_SCORE, type PricedBar } from './bar-prints.ts';

const quiet = (count: number): PricedBar[] => Array.from({ length: count }, (_, index) => ({ open: 100 + (index % 2), high: 101.5, low: 99.5, close: 101 - (index % 2) }));
const withBar = (bars: readonly PricedBar[], index: number, change: Partial<PricedBar>): PricedBar[] => bars.map((bar, at) => (at === index ? { ...bar, ...change } : bar));

describe('the score of a bar', () => {
  it.each([
    ['a wick up of four ranges', { high: 109 }], ['a wick down of four ranges', { low: 92 }], ['a close that nobody traded at', { close: 112, high: 112 }], ['an open ten times too high', { open: 1000, high: 1000 }],
  ])('is suspect for %s and for no bar beside it', (_, change) => {
    const scores = scoreBars(withBar(quiet(40), 20, change));
    expect([...scores].flatMap((score, index) => (score >= SUSPECT_SCORE ? [index] : []))).toEqual([20]);
  });

  it('is small for a move that stays, however far', () => {
    const bars = quiet(40).map(({ open, high, low, close }, index) => (index < 20 ? { open, high, low, close } : { open: open + 30, high: high + 30, low: low + 30, close: close + 30 }));
    expect(Math.max(...scoreBars(bars))).toBeLessThan(SUSPECT_SCORE);
  });

  it('finds a wick where bars have no range at all', () => {
    const flat = Array.from({ length: 30 }, (_, index) => ({ open: 50 + index / 10, high: 50 + index / 10, low: 50 + index / 10, close: 50 + index / 10 }));
    const scores = scoreBars(withBar(flat, 12, { high: 53 }));
    expect(scores.indexOf(Math.max(...scores))).toBe(12);
  });

  it('does not depend on the unit of the price, and is never negative or not a number', () => {
    const bar = fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }))
      .map(([base, up, down, body]) => ({ open: base, close: base + body, high: base + body + up, low: base - down }));
    fc.assert(fc.property(fc.array(bar, { maxLength: 40 }), (bars) => {
      const scores = scoreBars(bars);
      expect([...scores].every((score) => score >= 0 && Number.isFinite(score))).toBe(true);
      expect([...scoreBars(bars.map(({ open, high, low, close }) => ({ open: open * 8, high: high * 8, low: low * 8, close: close * 8 })))]).toEqual([...scores]);
    }));
  });
});

describe('bad prints in a real series', () => {
  it.each([['sp500', 0.95, 0.93], ['spy', 0.95, 0.85]])('%s: wicks are found with a precision of %d, all kinds with %d, better than by simpler scores', async (name, wicks, all) => {
    const bars = await sampleBars(name);
    const seeds = [21, 22, 23];
    const precision = (kinds: Parameters<typeof injectBadPrints>[1]['kinds'], score: typeof scoreBars): number =>
      seeds.reduce((sum, seed) => {
        const { bars: spoiled, isBad } = injectBadPrints(bars, { kinds, rate: 0.01, minRanges: 2, maxRanges: 8, seed });
        return sum + averagePrecision(score(spoiled), isBad) / seeds.length;
      }, 0);
    expect(precision(['WICK'], scoreBars)).toBeGreaterThan(wicks);
    expect(precision(BAD_PRINTS, scoreBars)).toBeGreaterThan(all);
    for (const other of [wickOverRange, closeToClose]) expect(precision(BAD_PRINTS, scoreBars)).toBeGreaterThan(precision(BAD_PRINTS, other));
    expect(precision(['WICK'], scoreBars)).toBeGreaterThan(precision(['WICK'], rangeOverRange) - 0.01);
  });

  it('leaves nearly all of the untouched bars alone', async () => {
    const scores = scoreBars(await sampleBars('sp500'));
    expect(scores.filter((score) => score >= SUSPECT_SCORE).length / scores.length).toBeLessThan(0.005);
  });
});

describe('average precision', () => {
  it.each([
    [[3, 2, 1], [1, 0, 0], 1], [[3, 2, 1], [0, 0, 1], 1 / 3], [[4, 3, 2, 1], [1, 0, 1, 0], (1 + 2 / 3) / 2], [[1, 1, 1, 1], [1, 0, 0, 0], 1 / 4],
  ])('of scores %j for hits %j is %d', (scores, isHit, expected) => expect(averagePrecision(scores, isHit)).toBeCloseTo(expected, 12));
});
