// Creates a user. The row, its roles, the announcement on the bus and the audit entry commit together or not at all.

import { ClientError } from '@mib/service/errors';
import { normaliseEmail } from '../domain/email.ts';
import { parseLabel } from '../domain/label.ts';
import { checkPassword } from '../domain/password-rules.ts';
import { DEFAULT_ROLE, type RoleId } from '../domain/roles.ts';
import { announceUser } from '../events.ts';
import type { AuthServices } from '../services.ts';
import { appendAudit } from '../store/audit-log.ts';
import { inTransaction } from '../store/database.ts';
import { insertUser, type StoredUser } from '../store/users.ts';
import { newId } from './new-id.ts';

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
  /** Only the platform itself asks for another one than DEFAULT_ROLE. */
  readonly role?: RoleId;
}

/** @throws {ClientError} VALIDATION, or CONFLICT when the email is taken. */
export async function register(services: AuthServices, { role = DEFAULT_ROLE, ...input }: Registration): Promise<StoredUser> {
  const email = normaliseEmail(input.email);
  const displayName = parseLabel(input.displayName, 'displayName');
  checkPassword(input.password, email);
  const user: StoredUser = {
    id: newId('usr', services.random), email, displayName, passwordHash: await services.passwords.hash(input.password), createdAt: services.now(), roles: [role],
  };
  const inserted = await inTransaction(services.prisma, async (transaction) => {
    if (!(await insertUser(transaction, user))) return false;
    await announceUser(transaction, user);
    await appendAudit(transaction, { actorId: user.id, action: 'user.registered', target: user.id, at: user.createdAt });
    return true;
  });
  if (!inserted) throw new ClientError('CONFLICT', 'email is registered already', { field: ['email'] });
  services.telemetry.registered(user.id);
  return user;
}
