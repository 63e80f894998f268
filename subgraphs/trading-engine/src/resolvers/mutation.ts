import type { UserError } from '@mib/service/errors';
import { requireScope } from '@mib/service/viewer';
import { checkAccountInput, MAX_ACCOUNTS_PER_USER } from '../domain/account-input.ts';
import { describeDenial } from '../domain/deny-reason.ts';
import type { MutationResolvers } from '../generated/resolvers-types.ts';
import { amendOrder } from '../orders/amend-order.ts';
import { cancelAllOrders, cancelOrder } from '../orders/cancel-order.ts';
import { placeOrder } from '../orders/place-order.ts';
import { ownAccount, ownOrder } from './ownership.ts';

export const mutation: MutationResolvers = {
  async openAccount(_, { input }, { viewer, services }) {
    const { userId } = requireScope(viewer, 'account:write');
    const userErrors = checkAccountInput(input);
    if (userErrors.length > 0) return { account: null, userErrors };
    const outcome = await services.opening.open({ userId, ...input });
    if (outcome.kind === 'too-many') return { account: null, userErrors: [refusal('CONFLICT', `a user has at most ${MAX_ACCOUNTS_PER_USER} accounts`, [])] };
    const { account } = outcome;
    if (outcome.kind === 'exists') return { account, userErrors: [refusal('CONFLICT', `name must not be one of your accounts yet, was ${JSON.stringify(input.name)}`, ['name'])] };
    if (account.state !== 'OPEN') return { account, userErrors: [refusal('UNAVAILABLE', 'the account stands and will be opened as soon as the engine is back', [])] };
    return { account, userErrors: [] };
  },

  async placeOrder(_, { input }, context) {
    requireScope(context.viewer, 'orders:write');
    const account = await ownAccount(context, input.accountId);
    if (!account) return { __typename: 'InvalidInput', userErrors: [notYours('accountId', input.accountId)] };
    const outcome = await placeOrder(context.services, account, input);
    if (outcome.kind === 'invalid') return { __typename: 'InvalidInput', userErrors: [...outcome.userErrors] };
    const { order, replayed } = outcome;
    if (order.status !== 'DENIED') return { __typename: 'OrderAccepted', order, replayed };
    const { denyCode: code, denyLimit: limit, denyObserved: observed } = order;
    const denial = code && describeDenial({ code, limit, observed }, context.services.projection.instruments.get(order.instrumentNumber));
    if (!denial) throw new Error(`order ${order.id} was denied with ${code}`);
    return { __typename: 'OrderDenied', order, replayed, ...denial };
  },

  async cancelOrder(_, { input }, context) {
    requireScope(context.viewer, 'orders:write');
    const order = await ownOrder(context, input.orderId);
    if (!order) return { order: null, userErrors: [notYours('orderId', input.orderId)] };
    const outcome = await cancelOrder(context.services, order);
    return { order: outcome.order, userErrors: [...outcome.userErrors] };
  },

  async amendOrder(_, { input }, context) {
    requireScope(context.viewer, 'orders:write');
    const order = await ownOrder(context, input.orderId);
    if (!order) return { order: null, userErrors: [notYours('orderId', input.orderId)] };
    const outcome = await amendOrder(context.services, order, input);
    return { order: outcome.order, userErrors: [...outcome.userErrors] };
  },

  async cancelAllOrders(_, { input }, context) {
    requireScope(context.viewer, 'orders:write');
    const account = await ownAccount(context, input.accountId);
    if (!account) return { canceled: 0, userErrors: [notYours('accountId', input.accountId)] };
    const instrument = input.instrumentId ? context.services.projection.instruments.find(input.instrumentId) : undefined;
    if (input.instrumentId && !instrument) return { canceled: 0, userErrors: [unknownInstrument(input.instrumentId)] };
    return { canceled: await cancelAllOrders(context.services, account, instrument?.number ?? null), userErrors: [] };
  },
};

/** Says the same of what is not there and what is somebody else's. */
function notYours(field: 'accountId' | 'orderId', value: string): UserErrorData {
  return refusal('NOT_FOUND', `${field} must be one of your ${field === 'accountId' ? 'accounts' : 'orders'}, was ${JSON.stringify(value.slice(0, 80))}`, [field]);
}

function unknownInstrument(id: string): UserErrorData {
  return refusal('NOT_FOUND', `instrumentId must be a tradable instrument, was ${JSON.stringify(id.slice(0, 40))}`, ['instrumentId']);
}

type UserErrorData = UserError & { readonly field: string[] };

function refusal(code: UserError['code'], message: string, field: readonly string[]): UserErrorData {
  return { code, message, field: ['input', ...field], retryable: code === 'UNAVAILABLE' };
}
