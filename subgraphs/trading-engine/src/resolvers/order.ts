import { formatTimestamp } from '@mib/model/timestamp';
import { ClientError } from '@mib/service/errors';
import type { Context } from '../context.ts';
import { decodeCursor, encodeCursor } from '../domain/cursor.ts';
import { denyReason } from '../domain/deny-reason.ts';
import { formatAverageFillPrice, formatPrice, formatQuantity } from '../domain/instrument.ts';
import { NS_PER_MICROSECOND } from '../domain/order-input.ts';
import { isOpen, type OrderRow } from '../domain/order.ts';
import { checkFirst, toConnection } from '@mib/service/page';
import type { OrderEventResolvers, OrderResolvers } from '../generated/resolvers-types.ts';
import { fillCursor } from './fill.ts';
import { mayRead, readableOrder } from './ownership.ts';

const DEFAULT_FIRST = 25;

export const order: OrderResolvers = {
  __resolveReference: ({ id }, context) => readableOrder(context, id),
  id: ({ id }) => String(id),
  async account({ accountNumber }, _, { viewer, loaders }) {
    const account = await loaders.accountByNumber.load(accountNumber);
    if (account && !mayRead(viewer, account.userId)) throw new ClientError('FORBIDDEN', 'scope account:read is required');
    return account;
  },
  instrument: ({ instrumentNumber }, _, context) => ({ id: instrumentOf(context, instrumentNumber).id }),
  quantity: ({ quantityLots, instrumentNumber }, _, context) => formatQuantity(quantityLots, instrumentOf(context, instrumentNumber)),
  filledQuantity: ({ filledLots, instrumentNumber }, _, context) => formatQuantity(filledLots, instrumentOf(context, instrumentNumber)),
  leavesQuantity: (parent, _, context) => formatQuantity(isOpen(parent) ? parent.quantityLots - parent.filledLots : 0, instrumentOf(context, parent.instrumentNumber)),
  averageFillPrice: ({ filledValue, filledLots, instrumentNumber }, _, context) => formatAverageFillPrice(filledValue, filledLots, instrumentOf(context, instrumentNumber)),
  limitPrice: ({ limitPriceTicks, instrumentNumber }, _, context) => (limitPriceTicks === null ? null : formatPrice(limitPriceTicks, instrumentOf(context, instrumentNumber))),
  stopPrice: (parent, _, context) => (parent.type === 'TRAILING_STOP' ? null : triggerPrice(parent, context)),
  trailingOffset: (parent, _, context) => (parent.type === 'TRAILING_STOP' ? triggerPrice(parent, context) : null),
  displayQuantity: ({ displayLots, instrumentNumber }, _, context) => (displayLots === null ? null : formatQuantity(displayLots, instrumentOf(context, instrumentNumber))),
  expiresAt: ({ expireMicros }) => (expireMicros === null ? null : formatTimestamp(BigInt(expireMicros) * NS_PER_MICROSECOND)),
  denyReason: ({ denyCode }) => (denyCode === null ? null : denyReason(denyCode)),
  async fills({ id }, { first: asked, after }, { loaders }) {
    const first = checkFirst(asked ?? DEFAULT_FIRST);
    const place = after ? decodeCursor('fill', after, ['after']) : null;
    const rows = await loaders.fillsOfOrder(id, { limit: first + 1, after: place });
    return toConnection(rows, { first, after: place !== null, cursorOf: fillCursor });
  },
  createdAt: ({ createdAtNs }) => formatTimestamp(createdAtNs),
  updatedAt: ({ updatedAtNs }) => formatTimestamp(updatedAtNs),
};

export const orderEvent: OrderEventResolvers = {
  cursor: ({ sequence, leg }) => encodeCursor('order-event', { sequence, leg }),
  kind: (event) => event.order.status,
  at: ({ atNs }) => formatTimestamp(atNs),
};

function triggerPrice({ triggerTicks, instrumentNumber }: OrderRow, context: Context): string | null {
  return triggerTicks === null ? null : formatPrice(triggerTicks, instrumentOf(context, instrumentNumber));
}

function instrumentOf({ services }: Context, number: number) {
  return services.projection.instruments.get(number);
}
