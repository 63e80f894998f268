// The pair of tokens that a sign-in or a refresh hands out: a signed access token and an opaque, single-use refresh
// token of 256 random bits, of which only the hash is kept.

import { createHash } from 'node:crypto';
import { REFRESH_TOKEN_MS } from '../domain/lifetimes.ts';
import { scopesOf } from '../domain/roles.ts';
import type { AuthServices } from '../services.ts';
import type { Transaction } from '../store/database.ts';
import { insertRefreshToken } from '../store/sessions.ts';
import type { StoredUser } from '../store/users.ts';
import { signAccessToken } from '../tokens/access-token.ts';

export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Of the access token. */
  readonly expiresAt: Date;
  readonly user: StoredUser;
}

const REFRESH_TOKEN_BYTES = 32;
const REFRESH_TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Writes a new refresh token for the session; returns its text, which exists nowhere else. */
export async function issueRefreshToken(services: AuthServices, transaction: Transaction, sessionId: string, now: Date): Promise<string> {
  const token = services.random(REFRESH_TOKEN_BYTES).toString('base64url');
  await insertRefreshToken(transaction, { hash: hashToken(token), sessionId, expiresAt: refreshEnd(now) });
  return token;
}

export async function pairWithAccess(services: AuthServices, user: StoredUser, session: { readonly id: string; readonly refreshToken: string }): Promise<IssuedTokens> {
  const claims = { userId: user.id, sessionId: session.id, roles: user.roles, scopes: scopesOf(user.roles) };
  const { token, expiresAt } = await signAccessToken(services.keys, claims, services.now());
  return { accessToken: token, refreshToken: session.refreshToken, expiresAt, user };
}

export function refreshEnd(now: Date): Date {
  return new Date(now.getTime() + REFRESH_TOKEN_MS);
}

/** What to look the token up by; undefined for a text that cannot be one. */
export function refreshTokenHash(text: string): Buffer | undefined {
  return REFRESH_TOKEN.test(text) ? hashToken(text) : undefined;
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
