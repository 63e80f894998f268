// Turns a credential into an identity. None at all is an anonymous caller; one that does not hold is refused, never
// treated as none. Without any issuer or key configured authentication is off and everyone is anonymous.

import type { IncomingHttpHeaders } from 'node:http';
import { createKeyIntrospector } from './api-keys.ts';
import type { AuthenticationConfig } from './authentication-config.ts';
import { ANONYMOUS_IDENTITY, withClientHeaders, type Identity } from './identity.ts';
import { createKeyRing } from './key-ring.ts';
import { createTokenVerifier } from './tokens.ts';
import { unauthenticated } from './unauthenticated.ts';

/** What a client showed: header values, or the same fields of a connection_init payload. */
export interface Credentials {
  readonly authorization?: string | undefined;
  readonly apiKey?: string | undefined;
  /** All of the request; what subgraphs may see of them is chosen by rules. */
  readonly headers?: IncomingHttpHeaders | undefined;
}

/** A WebSocket authenticates once; its operations come with the identity. */
export type Caller = Credentials | Identity;

export interface Authenticator {
  /** @throws {RequestRefused} 401 UNAUTHENTICATED, or 503 when a credential cannot be checked. */
  authenticate(caller: Caller): Promise<Identity>;
}

export interface AuthenticatorOptions {
  /** Undefined: everyone is anonymous. */
  readonly authentication: AuthenticationConfig | undefined;
  /** Picks what of a client's headers goes on to subgraphs. */
  readonly selectHeaders: (headers: IncomingHttpHeaders) => Readonly<Record<string, string>>;
}

const API_KEY_PREFIX = 'mib_';

export function createAuthenticator({ authentication, selectHeaders }: AuthenticatorOptions): Authenticator {
  const check = authentication ? createCheck(authentication) : () => ANONYMOUS_IDENTITY;
  return {
    async authenticate(caller) {
      if ('viewer' in caller) return caller;
      const identity = await check(caller);
      return caller.headers ? withClientHeaders(identity, selectHeaders(caller.headers)) : identity;
    },
  };
}

function createCheck({ issuers, apiKeys, introspection }: AuthenticationConfig): (credentials: Credentials) => Identity | Promise<Identity> {
  const verifyToken = createTokenVerifier(issuers);
  const keyOnRing = createKeyRing(apiKeys);
  const introspectKey = introspection ? createKeyIntrospector(introspection) : refuseKey;
  return ({ authorization, apiKey }) => {
    if (authorization !== undefined && apiKey !== undefined) throw unauthenticated('send either a bearer token or an API key, not both');
    if (apiKey !== undefined) return keyOnRing(apiKey) ?? introspectKey(apiKey);
    if (authorization === undefined) return ANONYMOUS_IDENTITY;
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw unauthenticated('authorization must be "Bearer <token>"');
    return token.startsWith(API_KEY_PREFIX) ? (keyOnRing(token) ?? introspectKey(token)) : verifyToken(token);
  };
}

function refuseKey(): never {
  throw unauthenticated('the API key is not valid');
}
