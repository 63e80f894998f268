import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { checkExpiry, grantedScopes } from './api-key-rules.ts';
import { formatApiKey, generateApiKey, hashSecret, parseApiKey, secretMatches } from './api-key-text.ts';

describe('text of an API key', () => {
  it('survives the round trip and keeps only a hash of the secret', () => {
    const key = generateApiKey(randomBytes);
    expect(parseApiKey(formatApiKey(key))).toEqual(key);
    expect(secretMatches(key.secret, hashSecret(key.secret))).toBe(true);
    expect(secretMatches(generateApiKey(randomBytes).secret, hashSecret(key.secret))).toBe(false);
    expect(secretMatches(key.secret, Buffer.alloc(0))).toBe(false);
  });

  it.each([[''], ['mib_'], ['mib_0123456789ab_'], ['mib_0123456789ab_short'], [`mib_0123456789AB_${'a'.repeat(43)}`], [`mib_0123456789ab_${'a'.repeat(44)}`], [` mib_0123456789ab_${'a'.repeat(43)}`]])('does not take %j for a key', (text) => {
    expect(parseApiKey(text)).toBeUndefined();
  });
});

describe('scopes of an API key', () => {
  const held = ['account:read', 'orders:write', 'apikey:write'];

  it.each([
    [['orders:write'], ['orders:write']],
    [['orders:write', 'account:read', 'orders:write'], ['account:read', 'orders:write']],
    [held, [...held].sort()],
  ])('%j are granted to one who holds them', (requested, granted) => {
    expect(grantedScopes(requested, held)).toEqual(granted);
  });

  it.each([
    [[], 'VALIDATION'],
    [['fly:moon'], 'VALIDATION'],
    [['user:write'], 'FORBIDDEN'],
    [['account:read', 'market:write'], 'FORBIDDEN'],
  ])('%j are refused with %s', (requested, code) => {
    expect(() => grantedScopes(requested, held)).toThrow(expect.objectContaining({ code }));
  });

  it('end in the future or never', () => {
    const now = new Date('2026-11-22T12:00:00Z');
    expect(() => checkExpiry(null, now)).not.toThrow();
    expect(() => checkExpiry(new Date(now.getTime() + 1), now)).not.toThrow();
    expect(() => checkExpiry(now, now)).toThrow('expiresAt must lie in the future, was 2026-11-22T12:00:00.000Z');
  });
});
