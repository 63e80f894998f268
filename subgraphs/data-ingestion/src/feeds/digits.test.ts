import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDigits, Step, type Digits } from './digits.ts';

const digits: Digits = { units: 0, scale: 0 };
const read = (text: string) => (readDigits(text, digits) ? { ...digits } : undefined);

describe('the digits of a venue', () => {
  it.each<[string, Digits | undefined]>([
    ['45285.2', { units: 452_852, scale: 1 }],
    ['0.00100000', { units: 1, scale: 3 }],
    ['1.54571953', { units: 154_571_953, scale: 8 }],
    ['007.50', { units: 75, scale: 1 }],
    ['100', { units: 100, scale: 0 }],
    ['0', { units: 0, scale: 0 }],
    ['', undefined],
    ['.5', undefined],
    ['5.', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['1.2.3', undefined],
    ['9007199254740992', undefined],
    ['0.0000000000000000001', undefined],
  ])('of %j', (text, expected) => expect(read(text)).toEqual(expected));

  it('are whole steps exactly when the value is, and rounded down otherwise', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.constantFrom('0.01', '0.25', '0.00001', '1', '50', '0.1'), fc.nat(3), fc.integer({ min: 0, max: 99 }), (steps, size, zeros, extra) => {
      const [whole, fraction = ''] = size.split('.') as [string, string?];
      const scale = fraction.length;
      const units = BigInt(steps) * BigInt(whole + fraction);
      const text = (value: bigint, decimals: number) => {
        const padded = value.toString().padStart(decimals + 1, '0');
        return decimals === 0 ? padded : `${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
      };
      const step = new Step('step', size);
      expect(read(text(units * 10n ** BigInt(zeros), scale + zeros))).toBeDefined();
      expect([step.exact(digits), step.floor(digits)]).toEqual([steps, steps]);
      expect(read(text(units * 100n + BigInt(extra), scale + 2))).toBeDefined();
      expect([step.exact(digits), step.floor(digits)]).toEqual([extra === 0 ? steps : -1, steps]);
    }));
  });
});
