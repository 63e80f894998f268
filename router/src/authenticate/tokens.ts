// Access tokens, checked against the published keys of the issuer they name. Issuer, audience, times and algorithm must
// all fit that issuer's settings; what the token's own header says about keys (jku, jwk, x5u) is never followed.

import { decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { RequestRefused } from '../respond/graph-error.ts';
import type { IssuerConfig } from './authentication-config.ts';
import { identityOf, type Identity } from './identity.ts';
import { createKeySet } from './key-set.ts';
import { unauthenticated } from './unauthenticated.ts';

/** A signature check costs 100 microseconds and more; a client repeats its token with every request. */
const MAX_CACHED_TOKENS = 10_000;
const MAX_TOKEN_CHARACTERS = 8_192;

interface Issuer extends IssuerConfig {
  readonly keys: JWTVerifyGetKey;
}

export function createTokenVerifier(configs: readonly IssuerConfig[]): (token: string) => Promise<Identity> {
  const issuers = new Map<string, Issuer>(configs.map((config) => [config.issuer, { ...config, keys: createKeySet(config.jwksUrl) }]));
  const verified = new LRUCache<string, Identity>({ max: MAX_CACHED_TOKENS });
  return async (token) => {
    const known = verified.get(token);
    if (known && known.expiresAtMs! > Date.now()) return known;
    if (token.length > MAX_TOKEN_CHARACTERS) throw unauthenticated('the access token is too long');
    const issuer = issuers.get(claimedIssuer(token) ?? '');
    if (!issuer) throw unauthenticated('the access token is not valid');
    const identity = identityFrom(await verify(token, issuer), issuer);
    verified.set(token, identity);
    return identity;
  };
}

/** Only chooses whose keys must have signed; believed after the check. */
function claimedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

async function verify(token: string, { issuer, audience, algorithms, clockToleranceSeconds, keys }: Issuer): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms, clockTolerance: clockToleranceSeconds, requiredClaims: ['sub', 'exp'] });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw unauthenticated('the access token has expired');
    if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) && error.code !== 'ERR_JOSE_GENERIC') throw unauthenticated('the access token is not valid');
    throw RequestRefused.because(503, 'AUTHENTICATION_UNAVAILABLE', 'credentials cannot be checked right now');
  }
}

function identityFrom(claims: JWTPayload, { rolesClaim, scopesClaim, policiesClaim }: Issuer): Identity {
  const { sub, exp, sid } = claims;
  if (typeof sub !== 'string' || sub === '' || typeof exp !== 'number') throw unauthenticated('the access token is not valid');
  const viewer = { kind: 'user' as const, userId: sub, roles: words(claims[rolesClaim]), scopes: words(claims[scopesClaim]), ...(typeof sid === 'string' && { sessionId: sid }) };
  return identityOf(viewer, { expiresAtMs: exp * 1000, policies: words(claims[policiesClaim]) });
}

/** A claim is a list, or words in one string. */
export function words(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((word) => word !== '');
  return Array.isArray(claim) ? claim.filter((word) => typeof word === 'string') : [];
}
