// Keeps a person signed in: holds the token pair, refreshes the access token before it expires, and never presents one
// refresh token twice, which auth-service would take for theft and end the session.
//
//   const session = createSession({ url });
//   const refused = await session.signIn({ email, password });   // LoginFailed, or MfaRequired: once more with `totp`
//   const mib = createClient({ url, ...session.credentials });

import { createClient } from './client.ts';
import type { ClientOptions } from './client-options.ts';
import type { LoginInput, LoginMutation, RegisterInput } from './generated/operations.ts';

type LoginResult = LoginMutation['login'];
export type LoginFailed = Extract<LoginResult, { __typename: 'LoginFailed' }>;
/** Not signed in yet: the same email and password once more, with `totp` and this `challengeId`. */
export type MfaRequired = Extract<LoginResult, { __typename: 'MfaRequired' }>;

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Of the access token, RFC 3339. */
  readonly expiresAt: string;
}

export interface SessionOptions extends Pick<ClientOptions, 'url' | 'fetch' | 'timeoutMs'> {
  /** A pair kept from before, for example from storage. */
  readonly tokens?: TokenPair;
  /** Told each new pair, and undefined once signed out: the place to store it. */
  readonly onTokens?: (tokens: TokenPair | undefined) => void;
  readonly now?: () => number;
}

export interface Session {
  readonly signedIn: boolean;
  /** @returns undefined when it worked, else why not. */
  signIn(input: LoginInput): Promise<LoginFailed | MfaRequired | undefined>;
  register(input: RegisterInput): Promise<LoginFailed | MfaRequired | undefined>;
  signOut(): Promise<void>;
  /** Spread into the options of createClient. */
  readonly credentials: Required<Pick<ClientOptions, 'getToken' | 'refreshToken'>>;
}

/** An access token this close to its end is renewed first: the request it goes with has to arrive in time. */
const RENEW_BEFORE_MS = 30_000;

export function createSession({ tokens: kept, onTokens, now = Date.now, ...options }: SessionOptions): Session {
  const client = createClient(options);
  let tokens = kept;
  let renewing: Promise<boolean> | undefined;

  function keep(pair: TokenPair | undefined): void {
    tokens = pair && { accessToken: pair.accessToken, refreshToken: pair.refreshToken, expiresAt: pair.expiresAt };
    onTokens?.(tokens);
  }

  function accept(result: LoginResult): LoginFailed | MfaRequired | undefined {
    if (result.__typename !== 'SessionTokens') return result;
    keep(result);
    return undefined;
  }

  async function renew(): Promise<boolean> {
    if (!tokens) return false;
    const { refreshSession: result } = await client.refreshSession({ input: { refreshToken: tokens.refreshToken } });
    const failed = accept(result);
    // What may work later keeps the pair, as a lost network does; any other refusal means that the session is over.
    if (failed?.__typename === 'LoginFailed' && failed.userErrors.some(({ retryable }) => !retryable)) keep(undefined);
    return failed === undefined;
  }

  /** All who ask while one refresh is under way get its outcome. */
  function renewOnce(): Promise<boolean> {
    renewing ??= renew().finally(() => (renewing = undefined));
    return renewing;
  }

  return {
    get signedIn() {
      return tokens !== undefined;
    },
    signIn: async (input) => accept((await client.login({ input })).login),
    register: async (input) => accept((await client.register({ input })).register),
    async signOut() {
      const refreshToken = tokens?.refreshToken;
      keep(undefined);
      if (refreshToken) await client.logout({ refreshToken });
    },
    credentials: {
      async getToken() {
        if (tokens && Date.parse(tokens.expiresAt) - now() < RENEW_BEFORE_MS) await renewOnce();
        return tokens?.accessToken;
      },
      refreshToken: renewOnce,
    },
  };
}
