import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { COST_PARTS, FLAT, applyFill } from './average-cost.ts';

type Fill = Parameters<typeof applyFill>[1];
const buy = (quantityLots: number, priceTicks: number): Fill => ({ side: 'BUY', quantityLots, priceTicks });
const sell = (quantityLots: number, priceTicks: number): Fill => ({ side: 'SELL', quantityLots, priceTicks });
const fillArbitrary = fc.record({ side: fc.constantFrom('BUY' as const, 'SELL' as const), quantityLots: fc.integer({ min: 1, max: 1_000_000 }), priceTicks: fc.integer({ min: 1, max: 2 ** 31 - 1 }) });

describe('a position at average cost', () => {
  it.each([
    ['opens long', [buy(10, 100)], [10, 1000, 0]],
    ['averages in', [buy(10, 100), buy(30, 140)], [40, 5200, 0]],
    ['closes a part at the average', [buy(10, 100), buy(10, 140), buy(10, 120), sell(15, 130)], [15, 1800, 150]],
    ['closes whole', [buy(10, 100), sell(10, 90)], [0, 0, -100]],
    ['opens short', [sell(5, 200)], [-5, -1000, 0]],
    ['covers a part of a short', [sell(10, 200), buy(4, 150)], [-6, -1200, 200]],
    ['flips from long to short at the price of the fill', [buy(10, 100), sell(25, 120)], [-15, -1800, 200]],
    ['flips from short to long at the price of the fill', [sell(10, 100), buy(30, 90)], [20, 1800, 100]],
  ])('%s', (_, fills, [quantity, cost, realised]) => {
    const position = fills.reduce(applyFill, FLAT);
    expect(position).toEqual({ quantityLots: BigInt(quantity!), cost: BigInt(cost!) * COST_PARTS, realised: BigInt(realised!) * COST_PARTS });
  });

  it('never loses a unit: realised + value - cost is the sum of all cash that moved', () => {
    fc.assert(
      fc.property(fc.array(fillArbitrary, { maxLength: 60 }), fc.integer({ min: 1, max: 2 ** 31 - 1 }), (fills, mark) => {
        const { quantityLots, cost, realised } = fills.reduce(applyFill, FLAT);
        const cash = fills.reduce((sum, f) => sum + BigInt(f.side === 'BUY' ? -f.quantityLots : f.quantityLots) * BigInt(f.priceTicks) * COST_PARTS, 0n);
        const value = quantityLots * BigInt(mark) * COST_PARTS;
        expect(realised + value - cost).toBe(cash + value);
      }),
    );
  });

  it('stays within half a part per close of a twin on exact fractions', () => {
    fc.assert(
      fc.property(fc.array(fillArbitrary, { maxLength: 12 }), (fills) => {
        const { quantityLots, realised } = fills.reduce(applyFill, FLAT);
        const twin = exactTwin(fills);
        expect(quantityLots).toBe(twin.quantity);
        const difference = realised * twin.realised.denominator - twin.realised.numerator * COST_PARTS;
        expect(abs(difference) <= BigInt(fills.length) * twin.realised.denominator).toBe(true);
      }),
    );
  });
});

interface Fraction {
  numerator: bigint;
  denominator: bigint;
}

/** The textbook: average = cost / quantity as a fraction that is never rounded. */
function exactTwin(fills: readonly Fill[]): { quantity: bigint; realised: Fraction } {
  let quantity = 0n;
  let average: Fraction = { numerator: 0n, denominator: 1n };
  let realised: Fraction = { numerator: 0n, denominator: 1n };
  for (const fill of fills) {
    let change = BigInt(fill.side === 'BUY' ? fill.quantityLots : -fill.quantityLots);
    const price: Fraction = { numerator: BigInt(fill.priceTicks), denominator: 1n };
    if (quantity !== 0n && quantity > 0n !== change > 0n) {
      const closed = abs(change) < abs(quantity) ? -change : quantity;
      realised = add(realised, times(add(price, times(average, -1n)), closed));
      quantity -= closed;
      change += closed;
    }
    if (change === 0n) continue;
    const total = add(times(average, quantity), times(price, change));
    quantity += change;
    average = { numerator: total.numerator, denominator: total.denominator * quantity };
  }
  return { quantity, realised: realised.denominator < 0n ? { numerator: -realised.numerator, denominator: -realised.denominator } : realised };
}

function add(a: Fraction, b: Fraction): Fraction {
  return { numerator: a.numerator * b.denominator + b.numerator * a.denominator, denominator: a.denominator * b.denominator };
}

function times(a: Fraction, factor: bigint): Fraction {
  return { numerator: a.numerator * factor, denominator: a.denominator };
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
