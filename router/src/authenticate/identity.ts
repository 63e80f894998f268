// Who a request speaks for. `key` is equal exactly when subgraphs would see the same viewer and the same headers, so
// whatever is shared between clients (a subscription's upstream, an answer) is shared under it and never across it.

import { ANONYMOUS, type Viewer } from '@mib/service/viewer';

export interface Identity {
  readonly viewer: Viewer;
  readonly key: string;
  /** When the credential ends; absent for anonymous callers. */
  readonly expiresAtMs?: number;
  /** Names of @policy that the credential itself grants. */
  readonly policies: readonly string[];
  /** Headers of the client that subgraphs may be shown, by lower-case name. */
  readonly clientHeaders: Readonly<Record<string, string>>;
}

const NO_HEADERS: Readonly<Record<string, string>> = {};

export const ANONYMOUS_IDENTITY: Identity = identityOf(ANONYMOUS);

export function identityOf(viewer: Viewer, { expiresAtMs, policies = [] }: { readonly expiresAtMs?: number | undefined; readonly policies?: readonly string[] } = {}): Identity {
  return { viewer, key: JSON.stringify(viewer), policies, clientHeaders: NO_HEADERS, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
}

/** The same caller with the headers it sent this time. */
export function withClientHeaders(identity: Identity, clientHeaders: Readonly<Record<string, string>>): Identity {
  const names = Object.keys(clientHeaders).sort();
  if (names.length === 0) return identity;
  return { ...identity, clientHeaders, key: JSON.stringify([identity.key, names.map((name) => [name, clientHeaders[name]])]) };
}
