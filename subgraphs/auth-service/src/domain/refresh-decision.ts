// What to do with a refresh token that somebody presents. Rotation with reuse detection (OAuth 2.0 Security BCP,
// RFC 9700 §4.14.2): each token works once; the second use proves that two parties hold it, and as nobody can tell the
// thief from the owner, the session ends for both.
//
//   issued ──first use──► used ──any further use──► whole session revoked
//      └──30 days──► expired

export type RefreshDecision = 'rotate' | 'reused' | 'expired' | 'revoked' | 'unknown';

export interface PresentedToken {
  readonly usedAt: Date | null;
  readonly expiresAt: Date;
  /** Of the session the token descends from. */
  readonly sessionRevokedAt: Date | null;
}

export function decideRefresh(token: PresentedToken | undefined, now: Date): RefreshDecision {
  if (!token) return 'unknown';
  if (token.sessionRevokedAt !== null) return 'revoked';
  // A used token is evidence of theft even after its own end.
  if (token.usedAt !== null) return 'reused';
  if (token.expiresAt <= now) return 'expired';
  return 'rotate';
}
