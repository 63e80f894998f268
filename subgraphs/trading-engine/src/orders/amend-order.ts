// New terms for an open order. The engine judges them as it judges a new order; a refusal changes nothing and is told in
// the words of a denial.

import { EngineUnavailableError, type CommandResult } from '@mib/proto/engine-client';
import { ClientError, type UserError } from '@mib/service/errors';
import { describeDenial } from '../domain/deny-reason.ts';
import { parseAmendment, type AmendmentInput, type AmendmentTerms } from '../domain/order-input.ts';
import { isOpen, type OrderRow } from '../domain/order.ts';
import { ordersByIds } from '../store/order-reader.ts';
import { READABLE_WITHIN_MS, type TradingDependencies } from './place-order.ts';

export interface AmendOutcome {
  readonly order: OrderRow;
  readonly userErrors: readonly UserError[];
}

/** @throws {ClientError} UNAVAILABLE when the engine cannot be asked, or its answer cannot be read yet. */
export async function amendOrder(dependencies: TradingDependencies, order: OrderRow, input: AmendmentInput): Promise<AmendOutcome> {
  const { pool, projection } = dependencies;
  if (!isOpen(order)) return refused(order, 'CONFLICT', `order must be open to be amended, was ${order.status}`);
  const instrument = projection.instruments.get(order.instrumentNumber);
  const parsed = parseAmendment(input, order.type, instrument);
  if ('userErrors' in parsed) return { order, userErrors: parsed.userErrors };
  const result = await submit(dependencies, order, parsed.terms);
  if (!(await projection.reached(result.lastEventSequence, READABLE_WITHIN_MS))) throw new ClientError('UNAVAILABLE', 'the amendment was judged by the engine but cannot be read yet');
  const [current = order] = await ordersByIds(pool, [order.id]);
  const { code, limit, observed } = result;
  if (code === 'OK') return { order: current, userErrors: [] };
  const denial = describeDenial({ code, limit, observed }, instrument);
  return denial ? refused(current, 'RISK_DENIED', denial.message) : refused(current, 'CONFLICT', `order must be open to be amended, was ${current.status}`);
}

async function submit({ engine }: TradingDependencies, { accountNumber, id: orderId }: OrderRow, terms: AmendmentTerms): Promise<CommandResult> {
  try {
    return await engine.submit({ kind: 'AmendOrder', accountNumber, orderId, ...terms });
  } catch (error) {
    if (!(error instanceof EngineUnavailableError)) throw error;
    const message = error.sent ? `the engine's answer to the amendment of order ${orderId} was lost: look at the order, then repeat` : 'the engine cannot be reached, nothing was amended';
    throw new ClientError('UNAVAILABLE', message, { cause: error });
  }
}

function refused(order: OrderRow, code: UserError['code'], message: string): AmendOutcome {
  return { order, userErrors: [{ code, message, field: ['input'], retryable: false }] };
}
