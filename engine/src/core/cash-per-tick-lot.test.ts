// The core's own reckoning of what a lot costs a tick, against the contract's: the door refuses with the one, instruments
// live by the other.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidValueError } from '@mib/model/invalid-value';
import { cashPerTickLot, MAX_CASH_SCALE } from '@mib/proto/command-rules';
import { MAX_SCALE } from '@mib/model/decimal';
import { exposedCore } from '../testing/exposed-core.ts';

const core = exposedCore();
const REFUSED = 'refused';
/** Most products of two such are too large, so most are small, or twos and fives, which a division by ten takes out. */
const units = fc.oneof(
  fc.integer({ min: 1, max: 2_000 }),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  fc.tuple(fc.nat({ max: 52 }), fc.nat({ max: 22 })).map(([twos, fives]) => 2 ** twos * 5 ** fives).filter(Number.isSafeInteger),
  fc.constantFrom(1, 2 ** 26, 2 ** 27 - 1, 94_906_265, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER),
);
const scale = fc.nat({ max: MAX_SCALE });
const definition = fc.record({ tick: units, lot: units, tickScale: scale, lotScale: scale, cashScale: fc.nat({ max: MAX_CASH_SCALE }) });

describe('the cash of a lot per tick', () => {
  it('is what the contract says, and refused where the contract refuses', () => {
    let taken = 0;
    fc.assert(
      fc.property(definition, ({ tick, lot, tickScale, lotScale, cashScale }) => {
        const expected = orRefused(InvalidValueError, () => cashPerTickLot({ units: tick, scale: tickScale }, { units: lot, scale: lotScale }, cashScale));
        if (expected !== REFUSED) taken++;
        expect(orRefused(Error, () => core.cashPerTickLot(tick, lot, cashScale - tickScale - lotScale))).toBe(expected);
      }),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(250);
  });

  it.each([
    [1, 1, 0, 1],
    [2 ** 53 - 1, 1, 0, 2 ** 53 - 1],
    [2 ** 27, 2 ** 26, 0, REFUSED],
    [2 ** 52, 5 ** 20, -20, 2 ** 32],
    [5 ** 22, 2 ** 36, -36, REFUSED],
    [90_071_992, 1, 8, 9_007_199_200_000_000],
    [90_071_993, 1, 8, REFUSED],
    [1, 1, -1, REFUSED],
    [10 ** 15, 10 ** 15, -30, 1],
    [9_007_199_254_740_990, 10, -1, 9_007_199_254_740_990],
  ])('of %d and %d times 10^%d is %p', (tick, lot, exponent, expected) => {
    expect(orRefused(Error, () => core.cashPerTickLot(tick, lot, exponent))).toBe(expected);
  });
});

function orRefused(kind: new (...values: never[]) => Error, reckon: () => number): number | typeof REFUSED {
  try {
    return reckon();
  } catch (error) {
    if (error instanceof kind) return REFUSED;
    throw error;
  }
}
