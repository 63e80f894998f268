import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@mib/testkit/random';
import { distribution, quantile } from './normal.ts';
import { parametric, valueAtRisk, type VarMethod } from './value-at-risk.ts';

const SEED = 20_261_122;

describe('the normal distribution', () => {
  // Abramowitz and Stegun, table 26.1 and 26.5.
  it.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [1.959963984540054, 0.975],
    [2.3263478740408408, 0.99],
    [3.090232306167813, 0.999],
  ])('does not exceed %f with probability %f', (z, p) => {
    expect(distribution(z)).toBeCloseTo(p, 14);
    expect(quantile(p)).toBeCloseTo(z, 11);
  });
});

describe('parametric value at risk', () => {
  it.each([
    [1_000_000 * 0.02, 0.99, '46526.96', '53304.28'],
    [1_000_000 * 0.02, 0.95, '32897.07', '41254.26'],
    [1_000_000 * 0.02, 0.5, '0.00', '15957.69'],
    [0, 0.99, '0.00', '0.00'],
  ])('of a deviation of %f at %f is %s, shortfall %s', (deviation, confidence, amount, expectedShortfall) => {
    const risk = parametric(deviation, confidence);
    expect([risk.amount.toFixed(2), risk.expectedShortfall.toFixed(2)]).toEqual([amount, expectedShortfall]);
  });

  it('takes the sample deviation: +-2% days give sigma 2% times sqrt(n / (n - 1))', () => {
    const profits = Array.from({ length: 500 }, (_, day) => (day % 2 === 0 ? 20_000 : -20_000));
    expect(valueAtRisk(profits, { method: 'PARAMETRIC', confidence: 0.99, horizonDays: 1 }).amount).toBeCloseTo(46_526.95748 * Math.sqrt(500 / 499), 4);
  });
});

describe('historical value at risk', () => {
  const losses1To = (count: number) => Array.from({ length: count }, (_, index) => -(index + 1));
  // Type 7 puts the quantile at (n - 1) * confidence between the order statistics, counted from 0.
  it.each<[number, number, number, number]>([
    [101, 0.99, 100, 100.5],
    [100, 0.99, 99.01, 100],
    [500, 0.99, 495.01, 498],
    [501, 0.99, 496, 498.5],
    [100, 0.5, 50.5, 75.5],
    [1000, 0.999, 999.001, 1000],
  ])('of losses 1..%i at %f is %f, shortfall %f', (count, confidence, amount, expectedShortfall) => {
    const risk = valueAtRisk(losses1To(count), { method: 'HISTORICAL', confidence, horizonDays: 1 });
    expect(risk.amount).toBeCloseTo(amount, 9);
    expect(risk.expectedShortfall).toBeCloseTo(expectedShortfall, 9);
  });

  it('is never below zero, even when every day was a gain', () => {
    expect(valueAtRisk([1, 2, 3], { method: 'HISTORICAL', confidence: 0.9, horizonDays: 1 })).toEqual({ amount: 0, expectedShortfall: 0 });
  });
});

describe('both', () => {
  const random = seededRandom(SEED);
  const samples = Array.from({ length: 60 }, () => Array.from({ length: 2 + Math.floor(random() * 500) }, () => (random() + random() + random() - 1.5) * 1_000));
  const confidences = [0.5, 0.9, 0.95, 0.975, 0.99, 0.999];

  it.each<VarMethod>(['HISTORICAL', 'PARAMETRIC'])(`%s keep the laws of a tail risk, seed ${SEED}`, (method) => {
    for (const profits of samples) {
      let below = 0;
      for (const confidence of confidences) {
        const risk = valueAtRisk(profits, { method, confidence, horizonDays: 1 });
        expect(risk.expectedShortfall).toBeGreaterThanOrEqual(risk.amount - 1e-9);
        expect(risk.amount).toBeGreaterThanOrEqual(below - 1e-9);
        below = risk.amount;
        const doubled = valueAtRisk(profits.map((profit) => 2 * profit), { method, confidence, horizonDays: 1 });
        expect(doubled.amount).toBeCloseTo(2 * risk.amount, 6);
        const tenDays = valueAtRisk(profits, { method, confidence, horizonDays: 10 });
        expect(tenDays.expectedShortfall).toBeCloseTo(Math.sqrt(10) * risk.expectedShortfall, 6);
      }
    }
  });

  it(`agree with naive twins, seed ${SEED}`, () => {
    for (const profits of samples) {
      for (const confidence of confidences) {
        const historical = valueAtRisk(profits, { method: 'HISTORICAL', confidence, horizonDays: 1 });
        const naive = naiveHistorical(profits, confidence);
        expect(historical.amount).toBeCloseTo(Math.max(0, naive), 6);
        const tail = profits.map((profit) => -profit).filter((loss) => loss >= naive - 1e-9);
        expect(historical.expectedShortfall).toBeCloseTo(Math.max(0, tail.reduce((sum, loss) => sum + loss, 0) / tail.length), 6);
      }
    }
  });
});

/** Weights every pair of neighbouring order statistics by how much of the quantile's place lies between them. */
function naiveHistorical(profits: readonly number[], confidence: number): number {
  const losses = profits.map((profit) => -profit).sort((a, b) => a - b);
  const place = confidence * (losses.length - 1);
  return losses.reduce((sum, loss, index) => sum + loss * Math.max(0, 1 - Math.abs(place - index)), 0);
}
