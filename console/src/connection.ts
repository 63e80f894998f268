// Who is signed in, and the client that speaks for them. A WebSocket keeps the identity it was opened with, so every
// change of identity makes a new client and closes the old one. Tokens live in this tab's sessionStorage: a reload keeps
// them, closing the tab forgets them.

import { createClient, type Client } from '@mib/sdk/client';
import { createSession, type TokenPair } from '@mib/sdk/session';

export interface Connection {
  readonly client: Client;
  readonly signedIn: boolean;
}

const GRAPH = { url: `${location.origin}/graphql` };
const STORED_TOKENS = 'mib.tokens';

export const session = createSession({ ...GRAPH, tokens: storedTokens(), onTokens: keep });

let current = connect();
const listeners = new Set<() => void>();

/** For useSyncExternalStore. */
export const connection = {
  current: (): Connection => current,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function connect(): Connection {
  return { client: createClient({ ...GRAPH, ...session.credentials }), signedIn: session.signedIn };
}

function keep(tokens: TokenPair | undefined): void {
  if (tokens) sessionStorage.setItem(STORED_TOKENS, JSON.stringify(tokens));
  else sessionStorage.removeItem(STORED_TOKENS);
  // A renewed token is the same identity.
  if (current.signedIn === (tokens !== undefined)) return;
  current.client.close();
  current = { client: createClient({ ...GRAPH, ...session.credentials }), signedIn: tokens !== undefined };
  for (const listener of listeners) listener();
}

function storedTokens(): TokenPair | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(STORED_TOKENS) ?? '') as TokenPair;
  } catch {
    return undefined;
  }
}
