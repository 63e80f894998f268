import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Side } from '@mib/model/trading';
import { LADDER_LEVELS, MIN_FAIR_TICKS, OrderFlow, type FlowCommand } from './order-flow.ts';
import { createRandom } from './random.ts';
import { annualVolatility, dailyVolatility, MIN_RETURNS } from './volatility.ts';

const NOTHING = { BUY: [], SELL: [] };

describe('the simulated order flow', () => {
  it('is the same for the same seed and another for another', () => {
    const run = (seed: number): FlowCommand[] => {
      const flow = makeFlow({ seed });
      return [...flow.establish(NOTHING), ...Array.from({ length: 200 }, () => flow.step(0.1)).flat()];
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
  });

  it.each([
    [0.02, 1],
    [0.07, 0.1],
    [0.005, 60],
  ])('moves with the daily volatility %d in steps of %d s', (volatility, seconds) => {
    const flow = makeFlow({ volatility, fairTicks: 1_000_000, rate: 0 });
    const steps = 40_000;
    let sum = 0;
    let squares = 0;
    for (let count = 0; count < steps; count += 1) {
      const before = flow.fairTicks;
      flow.step(seconds);
      const change = Math.log(flow.fairTicks / before);
      sum += change;
      squares += change * change;
    }
    const perDay = Math.sqrt((squares / steps) * (86_400 / seconds));
    expect(perDay / volatility).toBeCloseTo(1, 1);
    expect(Math.abs(sum / steps)).toBeLessThan((4 * volatility * Math.sqrt(seconds / 86_400)) / Math.sqrt(steps));
  });

  it('always shows a whole ladder on both sides, never crossed, and leaves nothing behind', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: MIN_FAIR_TICKS, max: 400_000 }), fc.double({ min: 0.001, max: 3, noNaN: true }), (seed, fairTicks, volatility) => {
        const flow = makeFlow({ seed, fairTicks, volatility });
        const book = new Book();
        book.apply(flow.establish(NOTHING));
        for (let count = 0; count < 50; count += 1) {
          book.apply(flow.step(1));
          for (const side of ['BUY', 'SELL'] as const) expect(book.prices(side)).toEqual([...flow.ladder(side)].sort((a, b) => a - b));
        }
        book.apply(flow.withdraw());
        expect([book.prices('BUY'), book.prices('SELL')]).toEqual([[], []]);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps to its rate, moves of the ladder included', () => {
    const flow = makeFlow({ rate: 15, volatility: 0.02 });
    let count = 0;
    for (let step = 0; step < 6_000; step += 1) count += flow.step(0.1).length;
    expect(count / 600).toBeGreaterThan(14.5);
    expect(count / 600).toBeLessThan(15.5);
  });

  it('prints trades within reach of the best price', () => {
    const flow = makeFlow({ rate: 100 });
    const takes = Array.from({ length: 100 }, () => flow.step(0.1)).flat().filter((command) => command.kind === 'take');
    expect(takes.length).toBeGreaterThan(200);
    for (const take of takes) expect(take.lots).toBeGreaterThan(0);
  });

  it('withdraws strange levels when it takes over a book', () => {
    const flow = makeFlow({ fairTicks: 1_000 });
    const commands = flow.establish({ BUY: [1, flow.ladder('BUY')[0]!], SELL: [2_000] });
    expect(commands.filter((command) => command.lots === 0)).toEqual([
      { kind: 'level', side: 'BUY', priceTicks: 1, lots: 0 },
      { kind: 'level', side: 'SELL', priceTicks: 2_000, lots: 0 },
    ]);
    expect(commands.filter((command) => command.lots > 0)).toHaveLength(2 * LADDER_LEVELS);
  });
});

describe('daily volatility', () => {
  it('is the sample deviation of logarithmic returns', () => {
    const closes = Array.from({ length: 41 }, (_, index) => 100 * Math.exp(index % 2 === 0 ? 0 : 0.01));
    expect(dailyVolatility(closes)).toBeCloseTo(0.01 * Math.sqrt(40 / 39), 12);
    expect(annualVolatility(0.01)).toBeCloseTo(0.158745, 6);
  });

  it.each([
    ['too few returns', Array.from({ length: MIN_RETURNS }, (_, index) => 100 + index)],
    ['a price that never moved', new Array<number>(100).fill(5)],
    ['prices of zero and below', new Array<number>(100).fill(-5)],
  ])('is unknown for %s', (_, closes) => {
    expect(dailyVolatility(closes)).toBeUndefined();
  });

  it('leaves out pairs with a price below zero', () => {
    const closes = Array.from({ length: 60 }, (_, index) => (index === 30 ? -36.98 : 20 + (index % 2)));
    expect(dailyVolatility(closes)).toBeCloseTo(0.0492, 3);
  });
});

function makeFlow(options: { seed?: number; fairTicks?: number; volatility?: number; rate?: number } = {}): OrderFlow {
  const { seed = 1, fairTicks = 287_456, volatility = 0.02, rate = 15 } = options;
  return new OrderFlow({ fairTicks, dailyVolatility: volatility, commandsPerSecond: rate, lotValue: 2_874.56, random: createRandom(seed) });
}

/** A naive venue: levels by price, checked not to cross after every command. */
class Book {
  readonly #levels = { BUY: new Set<number>(), SELL: new Set<number>() };

  apply(commands: readonly FlowCommand[]): void {
    for (const command of commands) {
      if (command.kind !== 'level') continue;
      expect(command.priceTicks).toBeGreaterThan(0);
      if (command.lots === 0) this.#levels[command.side].delete(command.priceTicks);
      else this.#levels[command.side].add(command.priceTicks);
    }
    const [bestBid, bestAsk] = [this.prices('BUY').at(-1), this.prices('SELL')[0]];
    if (bestBid !== undefined && bestAsk !== undefined) expect(bestAsk).toBeGreaterThan(bestBid);
  }

  prices(side: Side): number[] {
    return [...this.#levels[side]].sort((a, b) => a - b);
  }
}
