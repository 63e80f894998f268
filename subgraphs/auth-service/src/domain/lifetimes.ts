// How long each credential lives and how often it may be tried; every number beside its reason.

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Access tokens are believed without asking, so a revoked one lives on for this long at most. */
export const ACCESS_TOKEN_MS = 15 * MINUTE_MS;
/** A session ends when nobody has refreshed it for this long. */
export const REFRESH_TOKEN_MS = 30 * DAY_MS;

/** One session per device; the oldest makes room for a newcomer. */
export const MAX_SESSIONS_PER_USER = 100;

/** 60 guesses in 15 minutes do nothing against twelve characters, and spare scripts that sign in anew each time. */
export const LOGIN_PER_EMAIL = { limit: 60, windowMs: 15 * MINUTE_MS } as const;
/** An office behind one address signs in on a Monday; a password sprayer needs far more. */
export const LOGIN_PER_IP = { limit: 300, windowMs: 15 * MINUTE_MS } as const;
/** Each registration costs an argon2 hash and a row for ever. */
export const REGISTER_PER_IP = { limit: 200, windowMs: HOUR_MS } as const;

/** Time to take the phone out of the pocket. */
export const MFA_CHALLENGE_MS = 5 * MINUTE_MS;
/** A typing error or two; then the password is asked for again. */
export const TRIES_PER_CHALLENGE = 5;
/** Sign-ins of one user that may wait for a code at once; the oldest makes room. */
export const MAX_CHALLENGES_PER_USER = 5;
/** Three codes of a million are right at any time: 20 tries in 15 minutes guess one in 16,000, and need the password first. */
export const CODES_PER_USER = { limit: 20, windowMs: 15 * MINUTE_MS } as const;

/** `lastUsedAt` of a busy key costs one write in this time, not one a request. */
export const LAST_USED_RESOLUTION_MS = MINUTE_MS;

/** A signing key signs for this long. */
export const SIGNING_KEY_MS = 90 * DAY_MS;
/** A new key is published this long before it signs, so that every cached JWKS knows it by then. */
export const KEY_PUBLISHED_AHEAD_MS = HOUR_MS;
/** A replaced key stays published until the last token it signed has expired, and clocks may differ. */
export const KEY_VERIFIES_AFTER_MS = ACCESS_TOKEN_MS + 5 * MINUTE_MS;
/** Routers and browsers may keep the JWKS this long; well under KEY_PUBLISHED_AHEAD_MS. */
export const JWKS_MAX_AGE_MS = 5 * MINUTE_MS;
