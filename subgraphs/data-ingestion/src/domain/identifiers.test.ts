import { describe, expect, it } from '@jest/globals';
import { checkIdentifiers, isFigi, isIsin, UNIDENTIFIED } from './identifiers.ts';

describe('an identifier', () => {
  it.each(['US0378331005', 'US5949181045', 'DE0005557508', 'GB0002634946'])('%s is an ISIN', (isin) => expect(isIsin(isin)).toBe(true));
  it.each(['US0378331006', 'US0378313005', 'us0378331005', 'US037833100', ''])('%s is none', (isin) => expect(isIsin(isin)).toBe(false));
  it.each(['BBG000B9XRY4', 'BBG000BLNNH6', 'BBG000BPH459'])('%s is a FIGI', (figi) => expect(isFigi(figi)).toBe(true));
  it.each(['BBG000B9XRY5', 'BBG000B9RXY4', 'BBA000B9XRY4', 'BSG000B9XRY4'])('%s is none', (figi) => expect(isFigi(figi)).toBe(false));

  it('of the SEC is kept in ten digits', () => {
    expect(checkIdentifiers({ ...UNIDENTIFIED, cik: '320193' })).toEqual({ isin: null, figi: null, cik: '0000320193' });
  });

  it.each([
    [{ isin: 'US0378331006' }, 'isin must be an ISIN with its check digit, was "US0378331006"'],
    [{ figi: 'BBG' }, 'figi must be a FIGI with its check digit, was "BBG"'],
    [{ cik: '12345678901' }, 'cik must be a Central Index Key of 1..10 digits, was "12345678901"'],
  ])('%j is refused', (given, message) => expect(() => checkIdentifiers({ ...UNIDENTIFIED, ...given })).toThrow(message));
});
