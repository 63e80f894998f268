// Cancelling, one or many. A cancel that comes too late is a CONFLICT that shows the order as it ended.

import { EngineUnavailableError, type CommandResult, type EngineCommand } from '@mib/proto/engine-client';
import { ClientError, type UserError } from '@mib/service/errors';
import { isOpen, type OrderRow } from '../domain/order.ts';
import type { AccountRow } from '../store/account-store.ts';
import { ordersByIds } from '../store/order-reader.ts';
import { READABLE_WITHIN_MS, type TradingDependencies } from './place-order.ts';

/** As the engine's MassCancel has it. */
const EVERY_INSTRUMENT = 0;

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

/**
 * One command of the engine, so no order of the account slips through between two, however many there are.
 *
 * @param instrumentNumber - only its orders; null for every instrument.
 * @returns how many were cancelled; an account or instrument that the engine has not met has none.
 * @throws {ClientError} UNAVAILABLE when the engine cannot be asked.
 */
export async function cancelAllOrders(dependencies: TradingDependencies, account: AccountRow, instrumentNumber: number | null): Promise<number> {
  const command = { kind: 'MassCancel', accountNumber: account.number, instrumentNumber: instrumentNumber ?? EVERY_INSTRUMENT } as const;
  const result = await submit(dependencies, command, `all orders of account ${account.id}`);
  await visible(dependencies, result);
  return result.filledLots;
}

function submitCancel(dependencies: TradingDependencies, order: OrderRow): Promise<CommandResult> {
  return submit(dependencies, { kind: 'CancelOrder', accountNumber: order.accountNumber, orderId: order.id }, `order ${order.id}`);
}

async function submit({ engine }: TradingDependencies, command: EngineCommand, what: string): Promise<CommandResult> {
  try {
    return await engine.submit(command);
  } catch (error) {
    if (!(error instanceof EngineUnavailableError)) throw error;
    const message = error.sent ? `the engine's answer to the cancel of ${what} was lost: repeat it` : 'the engine cannot be reached, nothing was cancelled';
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
