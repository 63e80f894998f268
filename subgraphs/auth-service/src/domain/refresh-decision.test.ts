import { describe, expect, it } from '@jest/globals';
import { decideRefresh, type PresentedToken, type RefreshDecision } from './refresh-decision.ts';

const now = new Date('2026-11-22T12:00:00Z');
const before = new Date(now.getTime() - 1);
const after = new Date(now.getTime() + 1);

describe('a presented refresh token', () => {
  it.each<[string, PresentedToken | undefined, RefreshDecision]>([
    ['nobody issued', undefined, 'unknown'],
    ['fresh', { usedAt: null, expiresAt: after, sessionRevokedAt: null }, 'rotate'],
    ['at its end', { usedAt: null, expiresAt: now, sessionRevokedAt: null }, 'expired'],
    ['used before', { usedAt: before, expiresAt: after, sessionRevokedAt: null }, 'reused'],
    ['used before and past its end', { usedAt: before, expiresAt: before, sessionRevokedAt: null }, 'reused'],
    ['of a revoked session', { usedAt: null, expiresAt: after, sessionRevokedAt: before }, 'revoked'],
    ['used, of a revoked session', { usedAt: before, expiresAt: after, sessionRevokedAt: before }, 'revoked'],
  ])('that is %s', (_, token, decision) => {
    expect(decideRefresh(token, now)).toBe(decision);
  });
});
