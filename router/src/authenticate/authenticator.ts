// Turns a credential into an identity. None at all is an anonymous caller; one that does not hold is refused, never
// treated as none. Without a configured auth service authentication is off and everyone is anonymous.

import { createKeyIntrospector, type KeyIntrospectorOptions } from './api-keys.ts';
import { ANONYMOUS_IDENTITY, type Identity } from './identity.ts';
import { createTokenVerifier, type TokenVerifierOptions } from './tokens.ts';
import { unauthenticated } from './unauthenticated.ts';

/** What a client showed: header values, or the same fields of a connection_init payload. */
export interface Credentials {
  readonly authorization?: string | undefined;
  readonly apiKey?: string | undefined;
}

/** A WebSocket authenticates once; its operations come with the identity. */
export type Caller = Credentials | Identity;

export interface Authenticator {
  /** @throws {RequestRefused} 401 UNAUTHENTICATED, or 503 when the auth service cannot be asked. */
  authenticate(caller: Caller): Promise<Identity>;
}

const API_KEY_PREFIX = 'mib_';

export const noAuthentication: Authenticator = {
  authenticate: async (caller) => ('viewer' in caller ? caller : ANONYMOUS_IDENTITY),
};

export function createAuthenticator(options: TokenVerifierOptions & KeyIntrospectorOptions): Authenticator {
  const verifyToken = createTokenVerifier(options);
  const introspectKey = createKeyIntrospector(options);
  return {
    async authenticate(caller) {
      if ('viewer' in caller) return caller;
      if (caller.authorization !== undefined && caller.apiKey !== undefined) throw unauthenticated('send either a bearer token or an API key, not both');
      if (caller.apiKey !== undefined) return introspectKey(caller.apiKey);
      if (caller.authorization === undefined) return ANONYMOUS_IDENTITY;
      const token = /^Bearer +(\S+)$/i.exec(caller.authorization)?.[1];
      if (token === undefined) throw unauthenticated('authorization must be "Bearer <token>"');
      return token.startsWith(API_KEY_PREFIX) ? introspectKey(token) : verifyToken(token);
    },
  };
}
