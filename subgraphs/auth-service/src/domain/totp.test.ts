import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Secret } from 'otpauth';
import { newTotpSecret, totpCode, totpStep, totpUrl } from './totp.ts';

/** The secret of RFC 6238's test vectors. */
const RFC_SECRET = Secret.fromUTF8('12345678901234567890').base32;

describe('time-based codes', () => {
  // RFC 6238, appendix B, SHA-1.
  it.each([
    [59, '94287082'], [1111111109, '07081804'], [1111111111, '14050471'], [1234567890, '89005924'], [2000000000, '69279037'], [20000000000, '65353130'],
  ])('are those of the RFC at T=%i s', (seconds, code) => {
    expect(totpCode(RFC_SECRET, seconds * 1000, 8)).toBe(code);
    expect(totpCode(RFC_SECRET, seconds * 1000)).toBe(code.slice(2));
  });

  it('count in their own step and the ones beside it', () => {
    const nowMs = 1_000_000 * 30_000;
    const step = (stepsAway: number) => totpStep(RFC_SECRET, totpCode(RFC_SECRET, nowMs + stepsAway * 30_000), nowMs);
    expect([-2, -1, 0, 1, 2].map(step)).toEqual([undefined, 999_999, 1_000_000, 1_000_001, undefined]);
  });

  it.each(['', '12345', '1234567', 'abcdef', '12 345', '١٢٣٤٥٦'])('are six digits, not %j', (code) => {
    expect(totpStep(RFC_SECRET, code, 0)).toBeUndefined();
  });

  it('fit in a link that authenticators read', () => {
    const url = new URL(totpUrl(newTotpSecret(randomBytes), 'ada@example.com'));
    expect(url.protocol + url.host + decodeURIComponent(url.pathname)).toBe('otpauth:totp/Market Intel Brain:ada@example.com');
    expect(Object.fromEntries(url.searchParams)).toEqual({ issuer: 'Market Intel Brain', secret: expect.stringMatching(/^[A-Z2-7]{32}$/), algorithm: 'SHA1', digits: '6', period: '30' });
  });
});
