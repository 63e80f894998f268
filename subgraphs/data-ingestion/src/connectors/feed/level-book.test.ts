import { describe, expect, it } from '@jest/globals';
import { compareDecimals, parseDecimal } from '@mib/model/decimal';
import fc from 'fast-check';
import type { PriceLevel } from './contract.ts';
import { decimalsOf, isDecimalText, isZeroText, sameDecimal, scaledInteger } from './decimal-text.ts';
import { LevelBook, MAX_LEVELS } from './level-book.ts';

describe('decimals of a feed', () => {
  it.each([
    ['0', true], ['0.10', true], ['45283.50000000', true], ['007', true],
    ['', false], ['.5', false], ['5.', false], ['-1', false], ['1e-8', false], ['1.2.3', false], [' 1', false], ['1'.repeat(41), false], [1.5, false], [null, false],
  ])('%p is a decimal text: %p', (value, expected) => {
    expect(isDecimalText(value)).toBe(expected);
  });

  it.each([['1.50', '1.5', true], ['2.00', '2', true], ['010', '10', true], ['100', '1', false], ['0.0', '0', true], ['0.01', '0.1', false]])('%s is the same number as %s: %p', (a, b, expected) => {
    expect(sameDecimal(a, b)).toBe(expected);
  });

  it('counts a price in units of any scale it fits', () => {
    const digits = fc.tuple(fc.nat(99_999), fc.nat(999_999), fc.integer({ min: 1, max: 6 }));
    fc.assert(fc.property(digits, fc.nat(4), ([whole, fraction, width], more) => {
      const text = `${whole}.${String(fraction).padStart(6, '0').slice(0, width)}`;
      const scale = decimalsOf(text) + more;
      const units = scaledInteger(text, scale);
      expect(compareDecimals({ units: BigInt(units), scale }, parseDecimal(text))).toBe(0);
      expect(isZeroText(text)).toBe(units === 0);
    }));
  });

  it('refuses a price that is not exact in 2^53', () => {
    expect(() => scaledInteger('9007199254740993', 0)).toThrow('a price must have at most 15 digits, was "9007199254740993"');
  });
});

describe('a book of levels', () => {
  it('equals a map sorted by exact price after any changes', () => {
    const price = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.constantFrom('', '.5', '.50', '.25', '.125', '.000')).map(([whole, rest]) => `${whole}${rest}`);
    const change = fc.tuple(price, fc.constantFrom('0', '0.000', '1', '2.5', '7')) as fc.Arbitrary<PriceLevel>;
    fc.assert(fc.property(fc.array(change, { maxLength: 60 }), fc.constantFrom('bids' as const, 'asks' as const), fc.integer({ min: 1, max: 12 }), (changes, side, depth) => {
      const book = new LevelBook();
      const naive = new Map<number, PriceLevel>();
      for (const [text, quantity] of changes) {
        book.apply(side, [[text, quantity]]);
        if (Number(quantity) === 0) naive.delete(Number(text));
        else naive.set(Number(text), [text, quantity]);
      }
      const expected = [...naive].sort(([a], [b]) => (side === 'bids' ? b - a : a - b)).map(([, level]) => level);
      expect(book[side].levels()).toEqual(expected);
      const cut = book[side].truncate(depth);
      expect(book[side].levels()).toEqual(expected.slice(0, depth));
      expect([...cut].reverse()).toEqual(expected.slice(depth).map(([text]) => text));
    }));
  });

  it('keeps only what is inside of a snapshot that was cut off', () => {
    const book = new LevelBook();
    book.replace([['10', '1'], ['9', '1']], [['11', '1']], 2);
    const inside: PriceLevel[] = [['9.5', '4'], ['10', '0']];
    expect(book.apply('bids', inside)).toBe(inside);
    expect(book.apply('bids', [['9', '2'], ['8.99', '5'], ['9.2', '3']])).toEqual([['9', '2'], ['9.2', '3']]);
    expect(book.bids.levels()).toEqual([['9.5', '4'], ['9.2', '3'], ['9', '2']]);
    expect(book.apply('asks', [['500', '1']])).toEqual([['500', '1']]);
  });

  it('says when it is crossed or larger than any book', () => {
    const book = new LevelBook();
    book.replace([['10', '1']], [['10.01', '1']]);
    expect(book.fault()).toBeUndefined();
    book.apply('asks', [['10.0', '1']]);
    expect(book.fault()).toBe('book is crossed: bid 10, ask 10.0');
    book.replace([], Array.from({ length: MAX_LEVELS + 1 }, (_, index): PriceLevel => [String(index + 1), '1']));
    expect(book.fault()).toBe('book has more than 10000 levels a side');
  });
});
