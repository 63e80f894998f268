// placeOrder, step by step: whose account, which faults, known already?, into the engine, wait until it can be read back,
// answer from what is stored. What the engine has decided is never guessed at: if the answer is lost or not readable in
// time, the caller is told to repeat with the same clientOrderId.

import { EngineUnavailableError, type CommandResult, type EngineClient, type ResultCode } from '@mib/proto/engine-client';
import { ClientError, type UserError } from '@mib/service/errors';
import type pg from 'pg';
import { denyReason } from '../domain/deny-reason.ts';
import type { InstrumentBook } from '../domain/instrument-book.ts';
import { isClientOrderId, parseOrder, type OrderInput, type OrderTerms } from '../domain/order-input.ts';
import type { OrderRow } from '../domain/order.ts';
import type { Projection } from '../projection/projection.ts';
import type { Telemetry } from '../telemetry.ts';
import type { AccountRow } from '../store/account-store.ts';
import { orderByClientOrderId, ordersByIds } from '../store/order-reader.ts';

/** A commit takes milliseconds; a projection further behind than this is in trouble. */
export const READABLE_WITHIN_MS = 5_000;

export interface TradingDependencies {
  readonly pool: pg.Pool;
  readonly engine: Pick<EngineClient, 'submit' | 'status'>;
  readonly projection: Pick<Projection, 'reached' | 'instruments'>;
  readonly telemetry: Telemetry;
}

export type PlaceOrderOutcome = { readonly kind: 'placed'; readonly order: OrderRow; readonly replayed: boolean } | { readonly kind: 'invalid'; readonly userErrors: readonly UserError[] };

/**
 * Places an order of an account that the caller has found to be the viewer's own.
 *
 * @throws {ClientError} UNAVAILABLE when the outcome is unknown or not readable yet.
 */
export async function placeOrder(dependencies: TradingDependencies, account: AccountRow, input: OrderInput): Promise<PlaceOrderOutcome> {
  const outcome = await decide(dependencies, account, input);
  if (outcome.kind === 'placed') dependencies.telemetry.orderAnswered(outcome.order, outcome.replayed);
  return outcome;
}

async function decide(dependencies: TradingDependencies, account: AccountRow, input: OrderInput): Promise<PlaceOrderOutcome> {
  if (account.state !== 'OPEN') return invalid('UNAVAILABLE', `account ${account.id} is still being opened`, 'accountId');
  const parsed = parseOrder(input, await instrumentsFor(dependencies, input.instrumentId));
  // The engine remembers client order ids for a bounded time, this table for ever.
  const known = isClientOrderId(input.clientOrderId) ? await orderByClientOrderId(dependencies.pool, account.number, input.clientOrderId) : undefined;
  if (known) return { kind: 'placed', order: known, replayed: true };
  if ('userErrors' in parsed) return { kind: 'invalid', userErrors: parsed.userErrors };
  const result = await submit(dependencies, account, parsed.terms);
  if (result.code === 'DUPLICATE_CLIENT_ORDER_ID') return usedBefore(dependencies, account, input, result);
  if (result.code !== 'OK' && denyReason(result.code) === null) return refused(result.code, input);
  return { kind: 'placed', order: await readBack(dependencies, result), replayed: result.replayed };
}

/** An instrument registered a moment ago is in the engine already and here once the projection is that far. */
async function instrumentsFor({ engine, projection }: TradingDependencies, instrumentId: string): Promise<InstrumentBook> {
  if (projection.instruments.find(instrumentId)) return projection.instruments;
  const status = await engine.status({ stateHash: false }).catch(() => undefined);
  if (status) await projection.reached(status.lastEventSequence, READABLE_WITHIN_MS);
  return projection.instruments;
}

async function submit({ engine }: TradingDependencies, account: AccountRow, terms: OrderTerms): Promise<CommandResult> {
  try {
    return await engine.submit({ kind: 'PlaceOrder', accountNumber: account.number, ...terms });
  } catch (error) {
    if (!(error instanceof EngineUnavailableError)) throw error;
    const message = error.sent ? `the engine's answer to ${terms.clientOrderId} was lost: repeat with the same clientOrderId` : 'the engine cannot be reached, nothing was placed';
    throw new ClientError('UNAVAILABLE', message, { cause: error });
  }
}

/** @throws {ClientError} UNAVAILABLE when the projection is too far behind. */
export async function readBack({ pool, projection }: TradingDependencies, result: CommandResult): Promise<OrderRow> {
  const reached = await projection.reached(result.lastEventSequence, READABLE_WITHIN_MS);
  const [order] = reached ? await ordersByIds(pool, [result.orderId]) : [];
  if (order) return order;
  throw new ClientError('UNAVAILABLE', `order ${result.orderId} stands in the engine but cannot be read yet: repeat with the same clientOrderId`);
}

/** The engine knows the id under other terms: an order so new that the lookup before missed it, else no order at all. */
async function usedBefore({ pool, projection }: TradingDependencies, account: AccountRow, input: OrderInput, result: CommandResult): Promise<PlaceOrderOutcome> {
  await projection.reached(result.lastEventSequence, READABLE_WITHIN_MS);
  const order = await orderByClientOrderId(pool, account.number, input.clientOrderId);
  if (order) return { kind: 'placed', order, replayed: true };
  return invalid('CONFLICT', `clientOrderId must not have been used for another command, was ${JSON.stringify(input.clientOrderId)}`, 'clientOrderId');
}

/** Codes that an order passing `parseOrder` gets only while engine and tables are apart. */
function refused(code: ResultCode, input: OrderInput): PlaceOrderOutcome {
  switch (code) {
    case 'UNKNOWN_ACCOUNT':
      return invalid('UNAVAILABLE', 'the engine does not know the account yet', 'accountId');
    case 'UNKNOWN_INSTRUMENT':
      return invalid('NOT_FOUND', `instrumentId must be a tradable instrument, was ${JSON.stringify(input.instrumentId)}`, 'instrumentId');
    default:
      throw new Error(`the engine answered PlaceOrder with ${code}`);
  }
}

function invalid(code: UserError['code'], message: string, field: string): PlaceOrderOutcome {
  return { kind: 'invalid', userErrors: [{ code, message, field: ['input', field], retryable: code === 'UNAVAILABLE' }] };
}
