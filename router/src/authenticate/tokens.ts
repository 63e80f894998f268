// Access tokens, checked against the auth service's published keys. A token signed by a key not seen before makes jose
// fetch the key set again (at most once per cool-down), so a rotation needs no restart here.

import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { RequestRefused } from '../respond/graph-error.ts';
import { identityOf, type Identity } from './identity.ts';
import { unauthenticated } from './unauthenticated.ts';

export interface TokenVerifierOptions {
  /** Base URL of the auth service. */
  readonly authUrl: string;
  readonly issuer: string;
  readonly audience: string;
}

const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256'];
const KEY_SET_COOLDOWN_MS = 1_000;
const KEY_SET_MAX_AGE_MS = 600_000;
const KEY_SET_TIMEOUT_MS = 3_000;
/** A signature check costs 100 microseconds and more; a client repeats its token with every request. */
const MAX_CACHED_TOKENS = 10_000;
const MAX_TOKEN_CHARACTERS = 8_192;

export function createTokenVerifier({ authUrl, issuer, audience }: TokenVerifierOptions): (token: string) => Promise<Identity> {
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', authUrl), { cooldownDuration: KEY_SET_COOLDOWN_MS, cacheMaxAge: KEY_SET_MAX_AGE_MS, timeoutDuration: KEY_SET_TIMEOUT_MS });
  const verified = new LRUCache<string, Identity>({ max: MAX_CACHED_TOKENS });
  return async (token) => {
    const known = verified.get(token);
    if (known && known.expiresAtMs! > Date.now()) return known;
    if (token.length > MAX_TOKEN_CHARACTERS) throw unauthenticated('the access token is too long');
    const identity = identityFrom(await verify(token, keys, { issuer, audience }));
    verified.set(token, identity);
    return identity;
  };
}

async function verify(token: string, keys: JWTVerifyGetKey, expected: { readonly issuer: string; readonly audience: string }): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, { ...expected, algorithms: ALGORITHMS, requiredClaims: ['sub', 'exp'] });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw unauthenticated('the access token has expired');
    if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) && error.code !== 'ERR_JOSE_GENERIC') throw unauthenticated('the access token is not valid');
    throw RequestRefused.because(503, 'AUTHENTICATION_UNAVAILABLE', 'credentials cannot be checked right now');
  }
}

function identityFrom(claims: JWTPayload): Identity {
  const { sub, exp, roles, scope, sid } = claims;
  if (typeof sub !== 'string' || typeof exp !== 'number') throw unauthenticated('the access token is not valid');
  return identityOf(
    {
      kind: 'user',
      userId: sub,
      roles: Array.isArray(roles) ? roles.map(String) : [],
      scopes: typeof scope === 'string' ? scope.split(' ').filter((word) => word !== '') : [],
      ...(typeof sid === 'string' && { sessionId: sid }),
    },
    exp * 1000,
  );
}
