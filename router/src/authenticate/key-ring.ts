// API keys of the settings file, known by their digest only.

import { createHash } from 'node:crypto';
import type { ApiKeyConfig } from './authentication-config.ts';
import { identityOf, type Identity } from './identity.ts';

/** @returns undefined for a key that is not on the ring. */
export function createKeyRing(keys: readonly ApiKeyConfig[]): (key: string) => Identity | undefined {
  const ring = new Map(keys.map(({ sha256, userId, roles, scopes, policies }) => [sha256, identityOf({ kind: 'api-key', userId, roles, scopes }, { policies })]));
  if (ring.size === 0) return () => undefined;
  return (key) => ring.get(createHash('sha256').update(key).digest('hex'));
}
