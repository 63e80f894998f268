// Users and the roles assigned to them.

import { ROLE_IDS, isRoleId, type RoleId } from '../domain/roles.ts';
import type { Database, Transaction } from './database.ts';

export interface StoredUser {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly passwordHash: string;
  readonly createdAt: Date;
  /** Weakest first. */
  readonly roles: readonly RoleId[];
}

const WITH_ROLES = { roles: { select: { roleId: true } } } as const;

/** False when the email is taken. */
export async function insertUser(transaction: Database, user: StoredUser): Promise<boolean> {
  const { roles, ...columns } = user;
  // A unique violation would abort the whole transaction; "on conflict do nothing" only inserts nothing.
  const { count } = await transaction.authUser.createMany({ data: [columns], skipDuplicates: true });
  if (count === 0) return false;
  await transaction.authUserRole.createMany({ data: roles.map((roleId) => ({ userId: user.id, roleId, assignedAt: user.createdAt })) });
  return true;
}

export async function findUserByEmail(db: Database, email: string): Promise<StoredUser | undefined> {
  const row = await db.authUser.findUnique({ where: { email }, include: WITH_ROLES });
  return row ? toUser(row) : undefined;
}

export async function findUser(db: Database, id: string): Promise<StoredUser | undefined> {
  return (await findUsers(db, [id]))[0];
}

/** Those that exist, in any order. */
export async function findUsers(db: Database, ids: readonly string[]): Promise<readonly StoredUser[]> {
  const rows = await db.authUser.findMany({ where: { id: { in: [...ids] } }, include: WITH_ROLES });
  return rows.map(toUser);
}

export async function updatePasswordHash(transaction: Transaction, userId: string, passwordHash: string): Promise<void> {
  await transaction.authUser.update({ where: { id: userId }, data: { passwordHash } });
}

/** False when the user had the role. */
export async function insertUserRole(transaction: Transaction, userId: string, roleId: RoleId, now: Date): Promise<boolean> {
  const { count } = await transaction.authUserRole.createMany({ data: [{ userId, roleId, assignedAt: now }], skipDuplicates: true });
  return count === 1;
}

export async function deleteUserRole(transaction: Transaction, userId: string, roleId: RoleId): Promise<boolean> {
  const { count } = await transaction.authUserRole.deleteMany({ where: { userId, roleId } });
  return count === 1;
}

export function countHolders(db: Database, roleId: RoleId): Promise<number> {
  return db.authUserRole.count({ where: { roleId } });
}

function toUser({ roles, ...columns }: Omit<StoredUser, 'roles'> & { readonly roles: readonly { readonly roleId: string }[] }): StoredUser {
  // A role that an older or newer release knew grants nothing here.
  const held = roles.map(({ roleId }) => roleId).filter(isRoleId);
  return { ...columns, roles: ROLE_IDS.filter((id) => held.includes(id)) };
}
