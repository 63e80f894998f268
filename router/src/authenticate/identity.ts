// Who a request speaks for. `key` is equal exactly when subgraphs would see the same viewer, so whatever is shared between
// clients (a subscription's upstream, an authorised plan) is shared under it and never across it.

import { ANONYMOUS, type Viewer } from '@mib/service/viewer';

export interface Identity {
  readonly viewer: Viewer;
  readonly key: string;
  /** When the credential ends; absent for anonymous callers. */
  readonly expiresAtMs?: number;
}

export const ANONYMOUS_IDENTITY: Identity = { viewer: ANONYMOUS, key: 'anonymous' };

export function identityOf(viewer: Viewer, expiresAtMs?: number): Identity {
  return { viewer, key: JSON.stringify(viewer), ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
}
