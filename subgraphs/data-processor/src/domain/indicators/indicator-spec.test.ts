import { describe, expect, it } from '@jest/globals';
import type { IndicatorSpecInput } from './indicator-spec.ts';
import { indicatorSpecKey, parseIndicatorSpec } from './indicator-spec.ts';

describe('an indicator spec', () => {
  it.each<[IndicatorSpecInput, string]>([
    [{ kind: 'SMA' }, 'SMA(20)'],
    [{ kind: 'EMA', period: 1000 }, 'EMA(1000)'],
    [{ kind: 'RSI', period: null }, 'RSI(14)'],
    [{ kind: 'ATR' }, 'ATR(14)'],
    [{ kind: 'MACD' }, 'MACD(12,26,9)'],
    [{ kind: 'MACD', fast: 2, slow: 3, signal: 2 }, 'MACD(2,3,2)'],
    [{ kind: 'BBANDS', deviations: 1.5 }, 'BBANDS(20,1.5)'],
  ])('reads %j as %s', (input, key) => {
    expect(indicatorSpecKey(parseIndicatorSpec(input))).toBe(key);
  });

  it.each<[IndicatorSpecInput, string]>([
    [{ kind: 'SMA', period: 1 }, 'period must be 2..1000, was 1'],
    [{ kind: 'RSI', period: 1001 }, 'period must be 2..1000, was 1001'],
    [{ kind: 'SMA', period: 2.5 }, 'period must be 2..1000, was 2.5'],
    [{ kind: 'SMA', fast: 3 }, 'fast is not a parameter of SMA: leave it out, was 3'],
    [{ kind: 'MACD', period: 3 }, 'period is not a parameter of MACD: leave it out, was 3'],
    [{ kind: 'MACD', fast: 26 }, 'fast must be below slow (26), was 26'],
    [{ kind: 'MACD', fast: 2, slow: 2 }, 'slow must be 3..1000, was 2'],
    [{ kind: 'BBANDS', deviations: 0 }, 'deviations must be above 0 and at most 10, was 0'],
    [{ kind: 'BBANDS', deviations: NaN }, 'deviations must be above 0 and at most 10, was NaN'],
  ])('refuses %j', (input, message) => {
    expect(() => parseIndicatorSpec(input)).toThrow(message);
  });
});
