import { describe, expect, it } from '@jest/globals';
import { parseDecimal } from '@mib/model/decimal';
import { conditionOf, cooldown, formatPercent, ruleName, type ConditionInput } from './rule-input.ts';

const SPX = { number: 1, id: 'SPX.XSIM', tickSize: parseDecimal('0.05') };

const cross = (price: string): ConditionInput => ({ priceCross: { direction: 'ABOVE', price } });
const move = (percent: string, windowSeconds = 60): ConditionInput => ({ percentMove: { percent, windowSeconds } });

describe('conditionOf', () => {
  it.each<[string, ConditionInput, object]>([
    ['a price on the grid', cross('2874.55'), { kind: 'PRICE_CROSS', direction: 'ABOVE', levelTicks: 57_491 }],
    ['a price with more zeros than the tick', cross('1.2500'), { kind: 'PRICE_CROSS', direction: 'ABOVE', levelTicks: 25 }],
    ['the largest price', cross('107374182.35'), { kind: 'PRICE_CROSS', direction: 'ABOVE', levelTicks: 2 ** 31 - 1 }],
    ['the smallest percent', move('0.01'), { kind: 'PERCENT_MOVE', basisPoints: 1, windowSeconds: 60 }],
    ['the largest percent and window', move('1000', 86_400), { kind: 'PERCENT_MOVE', basisPoints: 100_000, windowSeconds: 86_400 }],
  ])('takes %s', (_, input, expected) => {
    expect(conditionOf(input, SPX)).toEqual(expected);
  });

  it.each<[ConditionInput, string, readonly string[]]>([
    [{}, 'exactly one of priceCross and percentMove must be given, none was', ['input']],
    [{ ...cross('1'), ...move('1') }, 'exactly one of priceCross and percentMove must be given, both were', ['input']],
    [cross('0'), 'price must be above 0, was "0"', ['input', 'priceCross', 'price']],
    [cross('-1'), 'price must be above 0, was "-1"', ['input', 'priceCross', 'price']],
    [cross('1.01'), 'price must be a multiple of 0.05', ['input', 'priceCross', 'price']],
    [cross('1e3'), 'price must be a decimal number', ['input', 'priceCross', 'price']],
    [cross('107374182.40'), 'price must be at most 107374182.35, was "107374182.40"', ['input', 'priceCross', 'price']],
    [move('0'), 'percent must be 0.01..1000, was "0"', ['input', 'percentMove', 'percent']],
    [move('1000.01'), 'percent must be 0.01..1000, was "1000.01"', ['input', 'percentMove', 'percent']],
    [move('0.001'), 'percent must be a multiple of 0.01', ['input', 'percentMove', 'percent']],
    [move('1', 0), 'windowSeconds must be 1..86400, was 0', ['input', 'percentMove', 'windowSeconds']],
    [move('1', 86_401), 'windowSeconds must be 1..86400, was 86401', ['input', 'percentMove', 'windowSeconds']],
  ])('refuses %j', (input, message, field) => {
    expect(refusalOf(() => conditionOf(input, SPX))).toMatchObject({ code: 'VALIDATION', message: expect.stringContaining(message), field });
  });
});

describe('names, cooldowns and percents', () => {
  it('trims a name and refuses an empty or long one', () => {
    expect(ruleName('  mine ')).toBe('mine');
    expect(() => ruleName('  ')).toThrow('name must have 1..60 characters, had 0');
    expect(() => ruleName('x'.repeat(61))).toThrow('had 61');
  });

  it.each([0, -1, 2_592_001])('refuses a cooldown of %d seconds', (seconds) => {
    expect(() => cooldown(seconds)).toThrow(`cooldownSeconds must be 1..2592000, was ${seconds}`);
  });

  it('shows basis points as per cent', () => {
    expect([1, 100, 1_050].map(formatPercent)).toEqual(['0.01', '1.00', '10.50']);
  });
});

function refusalOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
