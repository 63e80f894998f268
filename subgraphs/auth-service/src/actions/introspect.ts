// What a credential is worth right now (RFC 7662): an API key or an access token, looked up, never trusted. A key is
// worth what it was given of what its owner still has.

import { parseApiKey, secretMatches } from '../domain/api-key-text.ts';
import { scopesOf } from '../domain/roles.ts';
import type { AuthServices } from '../services.ts';
import { findApiKeyByPrefix, touchApiKey } from '../store/api-keys.ts';
import { isSessionLive } from '../store/sessions.ts';
import { findUser } from '../store/users.ts';
import { verifyAccessToken } from '../tokens/access-token.ts';

export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly token_type: 'api_key' | 'access_token';
      /** User id. */
      readonly sub: string;
      readonly roles: readonly string[];
      /** Space separated. */
      readonly scope: string;
      /** Seconds since the epoch; absent for a key without an end. */
      readonly exp?: number;
      readonly sid?: string;
    };

const INACTIVE: Introspection = { active: false };

export async function introspect(services: AuthServices, token: string): Promise<Introspection> {
  const key = parseApiKey(token);
  return key ? introspectApiKey(services, key.prefix, key.secret) : introspectAccessToken(services, token);
}

async function introspectApiKey(services: AuthServices, prefix: string, secret: string): Promise<Introspection> {
  const now = services.now();
  const key = await findApiKeyByPrefix(services.prisma, prefix);
  if (!key || !secretMatches(secret, key.secretHash) || key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now)) return INACTIVE;
  const owner = await findUser(services.prisma, key.userId);
  if (!owner) return INACTIVE;
  await touchApiKey(services.prisma, key, now);
  const held = scopesOf(owner.roles);
  return {
    active: true, token_type: 'api_key', sub: owner.id, roles: owner.roles, scope: key.scopes.filter((scope) => held.includes(scope)).join(' '),
    ...(key.expiresAt && { exp: Math.floor(key.expiresAt.getTime() / 1000) }),
  };
}

async function introspectAccessToken(services: AuthServices, token: string): Promise<Introspection> {
  const now = services.now();
  const claims = await verifyAccessToken(services.keys, token, now);
  if (!claims || !(await isSessionLive(services.prisma, claims.sessionId, now))) return INACTIVE;
  return {
    active: true, token_type: 'access_token', sub: claims.userId, roles: claims.roles, scope: claims.scopes.join(' '), exp: Math.floor(claims.expiresAt.getTime() / 1000), sid: claims.sessionId,
  };
}
