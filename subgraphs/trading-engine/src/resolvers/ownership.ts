// Who may see what. One answer to both "not there" and "not yours": null, so that nobody learns what exists.

import { ClientError } from '@mib/service/errors';
import type { Viewer } from '@mib/service/viewer';
import type { Context } from '../context.ts';
import type { OrderRow } from '../domain/order.ts';
import type { AccountRow } from '../store/account-store.ts';

const READ = 'account:read';
const READ_ANY = 'account:read:any';
const TRADE = 'orders:write';

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
  if (!account) throw new ClientError('NOT_FOUND', `accountId must be one of your accounts, was ${JSON.stringify(id.slice(0, 80))}`, { field: ['accountId'] });
  return account;
}

/** The account if it is the viewer's own; trading on behalf of others is nobody's right. */
export async function ownAccount(context: Context, id: string): Promise<AccountRow | null> {
  const { viewer } = context;
  const account = viewer.kind === 'anonymous' ? null : await context.loaders.accountById.load(id);
  return account && viewer.kind !== 'anonymous' && account.userId === viewer.userId ? account : null;
}

/** The order if the viewer may read it; one who may only trade sees the orders, not the account. */
export async function readableOrder(context: Context, id: string): Promise<OrderRow | null> {
  const order = await orderById(context, id);
  return order && (await mayReadNumber(context, order.accountNumber)) ? order : null;
}

/** The order if it is of an account of the viewer's own. */
export async function ownOrder(context: Context, id: string): Promise<OrderRow | null> {
  const { viewer } = context;
  const order = await orderById(context, id);
  const account = order && (await context.loaders.accountByNumber.load(order.accountNumber));
  return account && viewer.kind !== 'anonymous' && account.userId === viewer.userId ? order : null;
}

/** May the viewer see orders and fills of the account with this number? */
export async function mayReadNumber(context: Context, accountNumber: number): Promise<boolean> {
  const account = await context.loaders.accountByNumber.load(accountNumber);
  return account !== null && mayRead(context.viewer, account.userId, [READ, TRADE]);
}

function orderById(context: Context, id: string): Promise<OrderRow | null> {
  const number = /^[1-9]\d{0,15}$/.test(id) ? Number(id) : NaN;
  if (context.viewer.kind === 'anonymous' || !Number.isSafeInteger(number)) return Promise.resolve(null);
  return context.loaders.orderById.load(number);
}
