// Making and revoking API keys. The text of a new key leaves this function once and is kept nowhere.

import { ClientError } from '@mib/service/errors';
import type { KnownViewer } from '@mib/service/viewer';
import { MAX_API_KEYS_PER_USER, checkExpiry, grantedScopes } from '../domain/api-key-rules.ts';
import { formatApiKey, generateApiKey, hashSecret } from '../domain/api-key-text.ts';
import { parseLabel } from '../domain/label.ts';
import { scopesOf } from '../domain/roles.ts';
import type { AuthServices } from '../services.ts';
import { countApiKeys, insertApiKey, revokeApiKeyRow, type StoredApiKey } from '../store/api-keys.ts';
import { appendAudit } from '../store/audit-log.ts';
import { inTransaction, lock } from '../store/database.ts';
import { findUser } from '../store/users.ts';
import { newId } from './new-id.ts';

export interface ApiKeyRequest {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
}

/** @throws {ClientError} VALIDATION, FORBIDDEN, or CONFLICT at MAX_API_KEYS_PER_USER. */
export async function createApiKey(services: AuthServices, request: ApiKeyRequest, viewer: KnownViewer): Promise<{ readonly key: StoredApiKey; readonly text: string }> {
  const now = services.now();
  const name = parseLabel(request.name, 'name');
  checkExpiry(request.expiresAt, now);
  const owner = await findUser(services.prisma, viewer.userId);
  // The viewer's scopes may be minutes old; what the owner has lost since cannot be handed on.
  const current = scopesOf(owner?.roles ?? []);
  const scopes = grantedScopes(request.scopes, viewer.scopes.filter((scope) => current.includes(scope)));
  const { prefix, secret } = generateApiKey(services.random);
  const key: StoredApiKey = {
    id: newId('key', services.random), userId: viewer.userId, name, prefix, secretHash: hashSecret(secret), scopes, createdAt: now, expiresAt: request.expiresAt, lastUsedAt: null, revokedAt: null,
  };
  await inTransaction(services.prisma, async (transaction) => {
    await lock(transaction, `auth.users/${viewer.userId}`);
    if ((await countApiKeys(transaction, viewer.userId)) >= MAX_API_KEYS_PER_USER) throw new ClientError('CONFLICT', `a user has at most ${MAX_API_KEYS_PER_USER} keys; revoke one first`);
    await insertApiKey(transaction, key);
    await appendAudit(transaction, { actorId: viewer.userId, action: 'api-key.created', target: key.id, at: now });
  });
  services.telemetry.apiKeyCreated(viewer.userId, key.id);
  return { key, text: formatApiKey({ prefix, secret }) };
}

/** @throws {ClientError} NOT_FOUND, for another user's key as well. */
export async function revokeApiKey(services: AuthServices, id: string, viewer: KnownViewer): Promise<StoredApiKey> {
  const now = services.now();
  return inTransaction(services.prisma, async (transaction) => {
    const key = await revokeApiKeyRow(transaction, { id, userId: viewer.userId }, now);
    if (!key) throw new ClientError('NOT_FOUND', 'no such key', { field: ['id'] });
    await appendAudit(transaction, { actorId: viewer.userId, action: 'api-key.revoked', target: key.id, at: now });
    return key;
  });
}
