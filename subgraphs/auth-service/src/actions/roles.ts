// Giving and taking roles. Doing what is done already changes nothing and says nothing.

import { ClientError } from '@mib/service/errors';
import type { KnownViewer } from '@mib/service/viewer';
import { parseRoleId } from '../domain/roles.ts';
import type { AuthServices } from '../services.ts';
import { appendAudit } from '../store/audit-log.ts';
import { inTransaction, lock, type Transaction } from '../store/database.ts';
import { countHolders, deleteUserRole, findUser, insertUserRole, type StoredUser } from '../store/users.ts';

export interface RoleChange {
  readonly userId: string;
  readonly roleId: string;
}

/** @throws {ClientError} VALIDATION for no such role, NOT_FOUND for no such user. */
export async function assignRole(services: AuthServices, change: RoleChange, viewer: KnownViewer): Promise<StoredUser> {
  const roleId = parseRoleId(change.roleId);
  return changeUser(services, change.userId, async (transaction, user, now) => {
    if (!(await insertUserRole(transaction, user.id, roleId, now))) return;
    await appendAudit(transaction, { actorId: viewer.userId, action: 'role.assigned', target: `${user.id} ${roleId}`, at: now });
  });
}

/** @throws {ClientError} VALIDATION, NOT_FOUND, or CONFLICT: somebody must be left who can give roles. */
export async function removeRole(services: AuthServices, change: RoleChange, viewer: KnownViewer): Promise<StoredUser> {
  const roleId = parseRoleId(change.roleId);
  return changeUser(services, change.userId, async (transaction, user, now) => {
    if (!(await deleteUserRole(transaction, user.id, roleId))) return;
    if (roleId === 'admin' && (await countHolders(transaction, roleId)) === 0) throw new ClientError('CONFLICT', 'the last admin keeps the role', { field: ['roleId'] });
    await appendAudit(transaction, { actorId: viewer.userId, action: 'role.removed', target: `${user.id} ${roleId}`, at: now });
  });
}

function changeUser(services: AuthServices, userId: string, work: (transaction: Transaction, user: StoredUser, now: Date) => Promise<void>): Promise<StoredUser> {
  return inTransaction(services.prisma, async (transaction) => {
    // One lock for all changes of roles: two admins who remove each other must not both succeed.
    await lock(transaction, 'auth.user_roles');
    const user = await findUser(transaction, userId);
    if (!user) throw new ClientError('NOT_FOUND', 'no such user', { field: ['userId'] });
    await work(transaction, user, services.now());
    return (await findUser(transaction, userId)) ?? user;
  });
}
