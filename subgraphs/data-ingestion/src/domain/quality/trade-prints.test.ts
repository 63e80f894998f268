import { describe, expect, it } from '@jest/globals';
import { averagePrecision } from '../../quality-study/average-precision.ts';
import { createRandom, nextInteger } from '../random.ts';
import { SUSPECT_TRADE_SCORE, TradeWatch } from './trade-prints.ts';

/** A random walk by ticks of 0.01 in which some prices jump for good. */
function walk(count: number, seed: number): number[] {
  const random = createRandom(seed);
  let ticks = 100_000;
  return Array.from({ length: count }, () => (ticks += random() < 0.002 ? nextInteger(random, -400, 400) : nextInteger(random, -3, 3)) / 100);
}

/** The score of each trade, 0 for those that a window cannot be put around. */
function scores(prices: readonly number[]): number[] {
  const watch = new TradeWatch();
  const found = prices.map((price) => watch.see(price));
  return prices.map((_, index) => found[index + 3] ?? 0);
}

describe('the watch over trades', () => {
  it('finds single bad prints among trades that also jump for good', () => {
    const prices = walk(20_000, 5);
    const random = createRandom(6);
    const isBad = prices.map(() => (random() < 0.002 ? 1 : 0));
    const spoiled = prices.map((price, index) => (isBad[index] ? price * (random() < 0.5 ? 1.01 : 0.99) : price));
    const judged = scores(spoiled);
    expect(averagePrecision(judged, isBad)).toBeGreaterThan(0.9);
    const flagged = judged.flatMap((score, index) => (score >= SUSPECT_TRADE_SCORE ? [isBad[index]!] : []));
    expect(flagged.filter((bad) => bad === 1).length / flagged.length).toBeGreaterThan(0.9);
  });

  it('does not call a move bad that stays', () => {
    const prices = [...Array.from({ length: 30 }, (_, index) => 100 + (index % 2) / 100), ...Array.from({ length: 30 }, (_, index) => 110 + (index % 2) / 100)];
    expect(Math.max(...scores(prices))).toBeLessThan(SUSPECT_TRADE_SCORE);
  });

  it('judges nothing before a window has come, again after a reset', () => {
    const watch = new TradeWatch();
    const judged = () => Array.from({ length: 16 }, () => watch.see(1)).filter((score) => score !== undefined).length;
    expect(judged()).toBe(1);
    watch.reset();
    expect(judged()).toBe(1);
  });
});
