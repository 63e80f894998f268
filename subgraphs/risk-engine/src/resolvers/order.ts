import type { Context } from '../context.ts';
import { riskChecks } from '../domain/gate-rules.ts';
import type { OrderResolvers, RiskAlertResolvers } from '../generated/resolvers-types.ts';
import { mayReadOrders } from './ownership.ts';
import type { OrderParent } from './parents.ts';

export const order: OrderResolvers = {
  __resolveReference: ({ id }, context) => readableOrder(context, id),
  id: ({ orderId }) => String(orderId),
  riskChecks: (outcome, _, { services }) => riskChecks(outcome, services.projection.instruments.byNumber(outcome.instrumentNumber)),
};

export const riskAlert: RiskAlertResolvers = {
  async account({ accountId }, _, { loaders }) {
    const account = await loaders.accountById.load(accountId);
    if (!account) throw new Error(`alert of account ${accountId}, which is not stored`);
    return account;
  },
  order: ({ orderId }, _, context) => (orderId === null ? null : readableOrder(context, orderId)),
  instrument: ({ instrumentId }) => (instrumentId === null ? null : { id: instrumentId }),
};

async function readableOrder(context: Context, id: string): Promise<OrderParent | null> {
  const number = /^[1-9]\d{0,15}$/.test(id) ? Number(id) : NaN;
  if (context.viewer.kind === 'anonymous' || !Number.isSafeInteger(number)) return null;
  const check = await context.loaders.orderCheck.load(number);
  return check && (await mayReadOrders(context, check.accountNumber)) ? check : null;
}
