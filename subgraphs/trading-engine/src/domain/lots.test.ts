import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { COST_PARTS, FLAT, applyFill } from './average-cost.ts';
import { LOT_METHODS, matchLots, type LotFill, type LotMethod } from './lots.ts';

const fill = (side: 'BUY' | 'SELL', quantityLots: number, priceTicks: number, second = 0): LotFill => ({ side, quantityLots, priceTicks, timestampNs: BigInt(second) });
const fillArbitrary = fc.record({
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
  quantityLots: fc.integer({ min: 1, max: 100 }),
  priceTicks: fc.integer({ min: 1, max: 300 }),
  timestampNs: fc.bigInt({ min: 0n, max: 10n }),
});

/** Profit of the open lots at `mark`, in tick-lots times 10^6. */
function unrealised(fills: readonly LotFill[], method: LotMethod, mark: number): bigint {
  return matchLots(fills, method).lots.reduce((sum, lot) => sum + lot.quantityLots * BigInt(mark) * COST_PARTS - lot.cost, 0n);
}

describe('lots', () => {
  const reference = [fill('BUY', 10, 100), fill('BUY', 10, 140), fill('BUY', 10, 120), fill('SELL', 15, 130)];

  it.each([
    ['FIFO', 250, 50],
    ['LIFO', 50, 250],
    ['HIFO', -50, 350],
    ['AVERAGE_COST', 150, 150],
  ] as const)('%s of 10@100, 10@140, 10@120, sold 15@130, realises %i and leaves %i', (method, realised, open) => {
    expect(matchLots(reference, method).realised).toBe(BigInt(realised) * COST_PARTS);
    expect(unrealised(reference, method, 130)).toBe(BigInt(open) * COST_PARTS);
  });

  it.each([
    ['FIFO', [[5, 140], [10, 120]]],
    ['LIFO', [[10, 100], [5, 140]]],
    ['HIFO', [[10, 100], [5, 120]]],
    ['AVERAGE_COST', [[15, 120]]],
  ] as const)('%s leaves the right lots, oldest first', (method, expected) => {
    expect(matchLots(reference, method).lots.map((lot) => [Number(lot.quantityLots), Number(lot.cost / lot.quantityLots / COST_PARTS)])).toEqual(expected);
  });

  it.each([
    ['FIFO', 50],
    ['LIFO', -50],
    ['HIFO', -50],
    ['AVERAGE_COST', 0],
  ] as const)('%s of a short 5@110, 5@90, covered 5@100, realises %i', (method, realised) => {
    expect(matchLots([fill('SELL', 5, 110), fill('SELL', 5, 90), fill('BUY', 5, 100)], method).realised).toBe(BigInt(realised) * COST_PARTS);
  });

  it.each(LOT_METHODS)('%s opens the rest of a fill through zero at its own price', (method) => {
    const { lots, realised } = matchLots([fill('BUY', 10, 100, 1), fill('SELL', 25, 120, 2)], method);
    expect(realised).toBe(200n * COST_PARTS);
    expect(lots).toEqual([{ openedAtNs: 2n, quantityLots: -15n, cost: -15n * 120n * COST_PARTS }]);
  });

  it('adds up to the position, whatever the method', () => {
    fc.assert(
      fc.property(fc.array(fillArbitrary, { maxLength: 80 }), (fills) => {
        const expected = fills.reduce<typeof FLAT>(applyFill, FLAT).quantityLots;
        for (const method of LOT_METHODS) expect(matchLots(fills, method).lots.reduce((sum, lot) => sum + lot.quantityLots, 0n)).toBe(expected);
      }),
    );
  });

  it('has one total of realised and unrealised profit, whatever the method', () => {
    fc.assert(
      fc.property(fc.array(fillArbitrary, { maxLength: 80 }), fc.integer({ min: 1, max: 300 }), (fills, mark) => {
        const totals = LOT_METHODS.map((method) => matchLots(fills, method).realised + unrealised(fills, method, mark));
        expect(new Set(totals).size).toBe(1);
      }),
    );
  });

  it('never realises less by another method than by HIFO while a long is only built up and then reduced', () => {
    fc.assert(
      fc.property(fc.array(fillArbitrary, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 300 }), (fills, price) => {
        const bought = fills.map((f) => ({ ...f, side: 'BUY' as const }));
        const half = Math.ceil(bought.reduce((sum, f) => sum + f.quantityLots, 0) / 2);
        const history = [...bought, fill('SELL', half, price)];
        const least = matchLots(history, 'HIFO').realised;
        for (const method of LOT_METHODS) expect(matchLots(history, method).realised >= least).toBe(true);
      }),
    );
  });
});
