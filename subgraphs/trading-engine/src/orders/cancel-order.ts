// Cancelling, one or many. A cancel that comes too late is a CONFLICT that shows the order as it ended.

import { EngineUnavailableError, type CommandResult } from '@mib/proto/engine-client';
import { ClientError, type UserError } from '@mib/service/errors';
import { isOpen, type OrderRow } from '../domain/order.ts';
import type { AccountRow } from '../store/account-store.ts';
import { openOrders, ordersByIds } from '../store/order-reader.ts';
import { READABLE_WITHIN_MS, type TradingDependencies } from './place-order.ts';

/** Orders one cancelAllOrders takes on; the engine client coalesces them into a few messages. */
export const MAX_CANCELS = 500;

export interface CancelOutcome {
  readonly order: OrderRow;
  readonly userErrors: readonly UserError[];
}

/** @throws {ClientError} UNAVAILABLE when the engine cannot be asked. */
export async function cancelOrder(dependencies: TradingDependencies, order: OrderRow): Promise<CancelOutcome> {
  if (!isOpen(order)) return tooLate(order);
  const result = await submitCancel(dependencies, order);
  await visible(dependencies, result);
  const [current = order] = await ordersByIds(dependencies.pool, [order.id]);
  return result.code === 'OK' ? { order: current, userErrors: [] } : tooLate(current);
}

export interface CancelAllOutcome {
  readonly canceled: number;
  readonly remaining: boolean;
}

export async function cancelAllOrders(dependencies: TradingDependencies, account: AccountRow, instrumentNumber: number | null): Promise<CancelAllOutcome> {
  const open = await openOrders(dependencies.pool, account.number, { instrumentNumber, limit: MAX_CANCELS + 1 });
  const results = await Promise.all(open.slice(0, MAX_CANCELS).map((order) => submitCancel(dependencies, order)));
  const last = results.reduce<CommandResult | undefined>((latest, result) => (latest && latest.lastEventSequence > result.lastEventSequence ? latest : result), undefined);
  if (last) await visible(dependencies, last);
  return { canceled: results.filter((result) => result.code === 'OK').length, remaining: open.length > MAX_CANCELS };
}

async function submitCancel({ engine }: TradingDependencies, order: OrderRow): Promise<CommandResult> {
  try {
    return await engine.submit({ kind: 'CancelOrder', accountNumber: order.accountNumber, orderId: order.id });
  } catch (error) {
    if (!(error instanceof EngineUnavailableError)) throw error;
    const message = error.sent ? `the engine's answer to the cancel of order ${order.id} was lost: repeat it` : 'the engine cannot be reached, nothing was cancelled';
    throw new ClientError('UNAVAILABLE', message, { cause: error });
  }
}

async function visible({ projection }: TradingDependencies, result: CommandResult): Promise<void> {
  if (await projection.reached(result.lastEventSequence, READABLE_WITHIN_MS)) return;
  throw new ClientError('UNAVAILABLE', 'the cancel was done by the engine but cannot be read yet');
}

function tooLate(order: OrderRow): CancelOutcome {
  return { order, userErrors: [{ code: 'CONFLICT', message: `order must be open to be cancelled, was ${order.status}`, field: ['input', 'orderId'], retryable: false }] };
}
