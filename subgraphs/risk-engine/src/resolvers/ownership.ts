// Who may see and set what. One answer to both "not there" and "not yours", so that nobody learns what exists.

import { ClientError } from '@mib/service/errors';
import { hasScope, type Viewer } from '@mib/service/viewer';
import type { Context } from '../context.ts';
import type { AccountRow } from '../domain/account.ts';

const READ = 'account:read';
const READ_ANY = 'account:read:any';
const TRADE = 'orders:write';
export const SET = 'risk:write';
export const SET_ANY = 'risk:write:any';

export function mayRead(viewer: Viewer, userId: string, scopes: readonly string[] = [READ]): boolean {
  if (viewer.kind === 'anonymous') return false;
  return viewer.scopes.includes(READ_ANY) || (viewer.userId === userId && scopes.some((scope) => viewer.scopes.includes(scope)));
}

/** The account if the viewer may read it. */
export async function readableAccount(context: Context, id: string): Promise<AccountRow | null> {
  const account = context.viewer.kind === 'anonymous' ? null : await context.loaders.accountById.load(id);
  return account && mayRead(context.viewer, account.userId) ? account : null;
}

/** @throws {ClientError} NOT_FOUND for an account that is not there or not the viewer's. */
export async function requireReadableAccount(context: Context, id: string): Promise<AccountRow> {
  const account = await readableAccount(context, id);
  if (!account) throw new ClientError('NOT_FOUND', notYours(id), { field: ['accountId'] });
  return account;
}

/** The account if the viewer may set its limits and state. */
export async function settableAccount(context: Context, id: string): Promise<AccountRow | null> {
  const { viewer } = context;
  const account = hasScope(viewer, SET) ? await context.loaders.accountById.load(id) : null;
  return account && viewer.kind !== 'anonymous' && (viewer.userId === account.userId || hasScope(viewer, SET_ANY)) ? account : null;
}

/** May the viewer see orders of the account with this number? One who may only trade may. */
export async function mayReadOrders(context: Context, accountNumber: number): Promise<boolean> {
  const account = await context.loaders.accountByNumber.load(accountNumber);
  return account !== null && mayRead(context.viewer, account.userId, [READ, TRADE]);
}

export function notYours(accountId: string): string {
  return `accountId must be one of your accounts, was ${JSON.stringify(accountId.slice(0, 80))}`;
}

/** An absent engine blanks one field and says why. */
export function engineAway(error: unknown): never {
  throw new ClientError('UNAVAILABLE', 'the engine cannot be reached', { cause: error });
}
