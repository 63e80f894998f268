// Access tokens: JWTs signed with Ed25519 that carry who and what for, so that the router checks them without asking.

import { randomUUID } from 'node:crypto';
import { SignJWT, jwtVerify } from 'jose';
import { z } from 'zod';
import { ACCESS_TOKEN_MS } from '../domain/lifetimes.ts';
import { TOKEN_ALGORITHM, type SigningKeys } from './signing-keys.ts';

export const TOKEN_ISSUER = 'mib';
export const TOKEN_AUDIENCE = 'mib';

export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

export interface SignedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

const claimsShape = z.object({ sub: z.string(), sid: z.string(), roles: z.array(z.string()), scope: z.string(), exp: z.number() });

export async function signAccessToken(keys: SigningKeys, claims: AccessClaims, now: Date): Promise<SignedToken> {
  const { kid, privateKey } = keys.signer(now);
  // `exp` counts whole seconds, so the promised moment is rounded as the token's is.
  const issuedAtSeconds = Math.floor(now.getTime() / 1000);
  const expiresAtSeconds = issuedAtSeconds + ACCESS_TOKEN_MS / 1000;
  const token = await new SignJWT({ roles: [...claims.roles], scope: claims.scopes.join(' '), sid: claims.sessionId })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, kid, typ: 'at+jwt' })
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_AUDIENCE)
    .setSubject(claims.userId)
    .setJti(randomUUID())
    .setIssuedAt(issuedAtSeconds)
    .setExpirationTime(expiresAtSeconds)
    .sign(privateKey);
  return { token, expiresAt: new Date(expiresAtSeconds * 1000) };
}

/** Undefined for a token that is forged, expired or not ours. */
export async function verifyAccessToken(keys: SigningKeys, token: string, now: Date): Promise<(AccessClaims & { readonly expiresAt: Date }) | undefined> {
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => keys.publicKey(kid, now), {
      issuer: TOKEN_ISSUER, audience: TOKEN_AUDIENCE, algorithms: [TOKEN_ALGORITHM], currentDate: now,
    });
    const { sub, sid, roles, scope, exp } = claimsShape.parse(payload);
    return { userId: sub, sessionId: sid, roles, scopes: scope.split(' ').filter(Boolean), expiresAt: new Date(exp * 1000) };
  } catch {
    return undefined;
  }
}
