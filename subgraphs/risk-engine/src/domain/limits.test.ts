import { describe, expect, it } from '@jest/globals';
import { parseDecimal } from '@mib/model/decimal';
import { InstrumentBook } from './instrument-book.ts';
import { parseLimits, parseReason, type LimitsInput } from './limits-input.ts';
import { NO_TERMS, engineEntries, isWithin, limitsFor, ownInstruments, replaceTerms, type LimitTerms } from './limits.ts';

const one = parseDecimal('1');
const instruments = new InstrumentBook([1, 2].map((number) => ({ number, id: `I${number}.XSIM`, tickSize: one, lotSize: one, currency: 'USD', cashScale: 4 })));

const terms = (maxPositionLots: number | null, collarBasisPoints: number | null, own: LimitTerms['instruments'] = {}): LimitTerms => ({ maxPositionLots, collarBasisPoints, instruments: own });

describe('limits', () => {
  it.each<[string, LimitTerms, number, number, number]>([
    ['are the engine\'s where nobody set any', NO_TERMS, 1, 1_000_000, 2_000],
    ['of the account hold for every instrument', terms(50, 100), 1, 50, 100],
    ['of an instrument go before those of the account', terms(50, 100, { 1: { maxPositionLots: 5, collarBasisPoints: 10 } }), 1, 5, 10],
    ['an instrument leaves open are those of the account', terms(50, 100, { 1: { maxPositionLots: 5, collarBasisPoints: null } }), 1, 5, 100],
  ])('%s', (_, given, number, maxPositionLots, collarBasisPoints) => {
    expect(limitsFor(given, number)).toEqual({ maxPositionLots, collarBasisPoints });
  });

  it('of an instrument that lost its own follow the account, in the engine too', () => {
    const before = terms(50, 100, { 1: { maxPositionLots: 5, collarBasisPoints: 10 } });
    const after = replaceTerms(before, terms(40, null));
    expect(ownInstruments(after)).toEqual([]);
    expect(engineEntries(after)).toEqual([
      { instrumentNumber: 0, maxPositionLots: 40, collarBasisPoints: 2_000 },
      { instrumentNumber: 1, maxPositionLots: 40, collarBasisPoints: 2_000 },
    ]);
  });

  const ceiling = terms(50, 100, { 1: { maxPositionLots: 5, collarBasisPoints: 10 } });
  it.each<[LimitTerms, boolean]>([
    [ceiling, true],
    [terms(49, 100, { 1: { maxPositionLots: 4, collarBasisPoints: 10 } }), true],
    [terms(4, 9), true],
    [terms(51, 100, { 1: { maxPositionLots: 5, collarBasisPoints: 10 } }), false],
    [terms(50, 100), false],
    [terms(50, 100, { 1: { maxPositionLots: 5, collarBasisPoints: 11 } }), false],
    [terms(50, 100, { 1: { maxPositionLots: 5, collarBasisPoints: 10 }, 2: { maxPositionLots: 51, collarBasisPoints: null } }), false],
    [NO_TERMS, false],
  ])('%j are within a ceiling: %s', (given, expected) => {
    expect(isWithin(given, ceiling)).toBe(expected);
  });
});

describe('the door', () => {
  it('turns percent into basis points and ids into numbers', () => {
    expect(parseLimits({ maxPositionLots: 5, priceCollarPercent: 0.29, instruments: [{ instrumentId: 'I2.XSIM', maxPositionLots: 1 }] }, instruments)).toEqual({
      kind: 'valid', value: terms(5, 29, { 2: { maxPositionLots: 1, collarBasisPoints: null } }),
    });
  });

  it.each<[LimitsInput, string[], string]>([
    [{ maxPositionLots: 0 }, ['input', 'maxPositionLots'], 'maxPositionLots must be 1..2147483647, was 0'],
    [{ maxPositionLots: -1 }, ['input', 'maxPositionLots'], 'was -1'],
    [{ priceCollarPercent: 0 }, ['input', 'priceCollarPercent'], 'priceCollarPercent must be 0.01..100 with at most 2 decimals, was 0'],
    [{ priceCollarPercent: 1.005 }, ['input', 'priceCollarPercent'], 'was 1.005'],
    [{ priceCollarPercent: 100.01 }, ['input', 'priceCollarPercent'], 'was 100.01'],
    [{ priceCollarPercent: Number.NaN }, ['input', 'priceCollarPercent'], 'was NaN'],
    [{ instruments: [{ instrumentId: 'NO.XSIM' }] }, ['input', 'instruments', '0', 'instrumentId'], 'was "NO.XSIM"'],
    [{ instruments: [{ instrumentId: 'I1.XSIM' }, { instrumentId: 'I1.XSIM' }] }, ['input', 'instruments', '1', 'instrumentId'], 'named once'],
    [{ instruments: [{ instrumentId: 'I1.XSIM', maxPositionLots: 0 }] }, ['input', 'instruments', '0', 'maxPositionLots'], 'was 0'],
    [{ instruments: Array.from({ length: 101 }, () => ({ instrumentId: 'I1.XSIM' })) }, ['input', 'instruments'], 'at most 100, was 101'],
  ])('names the fault of %j', (input, field, message) => {
    expect(parseLimits(input, instruments)).toMatchObject({ kind: 'invalid', userErrors: expect.arrayContaining([{ code: 'VALIDATION', field, message: expect.stringContaining(message), retryable: false }]) });
  });

  it.each([[''], ['  '], ['r'.repeat(201)], ['a\u0000b']])('refuses the reason %j', (reason) => {
    expect(parseReason(reason)).toMatchObject({ kind: 'invalid', userErrors: [{ field: ['input', 'reason'] }] });
  });
});
