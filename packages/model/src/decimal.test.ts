import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDecimals, compareDecimals, divideDecimals, formatDecimal, fromSteps, multiplyDecimals, parseDecimal, roundDecimal, toSteps } from './decimal.ts';
import { InvalidValueError } from './invalid-value.ts';

const decimals = fc.record({ units: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), scale: fc.integer({ min: 0, max: 9 }) });

describe('a decimal', () => {
  it.each(['0', '12', '-0.5', '2874.56', '0.00000001', '1.50'])('keeps the spelling of %s', (text) => {
    expect(formatDecimal(parseDecimal(text))).toBe(text);
  });

  it.each(['', '.5', '5.', '1e3', '+1', '1,000', ' 1', 'NaN', '0x10', '١', '1'.repeat(41), `0.${'1'.repeat(19)}`])('refuses %j and names it', (text) => {
    expect(() => parseDecimal(text, 'price')).toThrow(InvalidValueError);
    expect(() => parseDecimal(text, 'price')).toThrow(/price/);
  });

  it('reads back every value it writes', () => {
    fc.assert(fc.property(decimals, (a) => expect(parseDecimal(formatDecimal(a))).toEqual(a)));
  });

  it('adds and multiplies without losing a unit', () => {
    fc.assert(
      fc.property(decimals, decimals, decimals, (a, b, c) => {
        const left = multiplyDecimals(addDecimals(a, b), c);
        const right = addDecimals(multiplyDecimals(a, c), multiplyDecimals(b, c));
        expect(compareDecimals(left, right)).toBe(0);
      }),
    );
  });

  it.each([
    ['1', '3', 2, '0.33'],
    ['2', '3', 2, '0.67'],
    ['-1', '8', 2, '-0.13'],
    ['1', '-8', 2, '-0.13'],
    ['10', '4', 0, '3'],
  ])('divides %s by %s to %i decimals, half away from zero', (a, b, scale, expected) => {
    expect(formatDecimal(divideDecimals(parseDecimal(a), parseDecimal(b), scale))).toBe(expected);
  });

  it('rounds half away from zero', () => {
    expect(formatDecimal(roundDecimal(parseDecimal('2.345'), 2))).toBe('2.35');
    expect(formatDecimal(roundDecimal(parseDecimal('-2.345'), 2))).toBe('-2.35');
  });

  it('counts steps and comes back', () => {
    expect(toSteps(parseDecimal('2874.56'), parseDecimal('0.01'), 'price')).toBe(287456);
    expect(formatDecimal(fromSteps(287456, parseDecimal('0.01')))).toBe('2874.56');
    expect(toSteps(parseDecimal('75'), parseDecimal('2.5'), 'price')).toBe(30);
  });

  it('refuses a value between two steps and names both', () => {
    expect(() => toSteps(parseDecimal('1.005'), parseDecimal('0.01'), 'limitPrice')).toThrow('limitPrice must be a multiple of 0.01, was "1.005"');
  });
});
