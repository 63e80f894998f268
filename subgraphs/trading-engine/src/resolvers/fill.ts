import { formatTimestamp } from '@mib/model/timestamp';
import type { Context } from '../context.ts';
import { encodeCursor } from '../domain/cursor.ts';
import { formatMoney, formatPrice, formatQuantity, moneyOfUnits } from '../domain/instrument.ts';
import type { FillResolvers } from '../generated/resolvers-types.ts';
import { mayReadNumber } from './ownership.ts';
import type { FillParent } from './parents.ts';

const TAKER = 'T';
const MAKER = 'M';

export const fill: FillResolvers = {
  __resolveReference: ({ id }, context) => readableFill(context, id),
  id: ({ sequence, leg }) => `${sequence}${leg === 0 ? TAKER : MAKER}`,
  async order({ orderId }, _, { loaders }) {
    const order = await loaders.orderById.load(orderId);
    if (!order) throw new Error(`fill of order ${orderId}, which is not stored`);
    return order;
  },
  instrument: ({ instrumentNumber }, _, context) => ({ id: instrumentOf(context, instrumentNumber).id }),
  price: ({ priceTicks, instrumentNumber }, _, context) => formatPrice(priceTicks, instrumentOf(context, instrumentNumber)),
  quantity: ({ quantityLots, instrumentNumber }, _, context) => formatQuantity(quantityLots, instrumentOf(context, instrumentNumber)),
  fee: ({ feeUnits, instrumentNumber }, _, context) => formatMoney(moneyOfUnits(feeUnits, instrumentOf(context, instrumentNumber).cashScale)),
  feeCurrency: ({ instrumentNumber }, _, context) => instrumentOf(context, instrumentNumber).currency,
  liquidity: ({ leg }) => (leg === 0 ? 'TAKER' : 'MAKER'),
  at: ({ atNs }) => formatTimestamp(atNs),
};

export function fillCursor({ sequence, leg }: FillParent): string {
  return encodeCursor('fill', { sequence, leg });
}

async function readableFill(context: Context, id: string): Promise<FillParent | null> {
  const [, digits, liquidity] = /^([1-9]\d{0,15})([TM])$/.exec(id) ?? [];
  if (context.viewer.kind === 'anonymous' || !Number.isSafeInteger(Number(digits))) return null;
  const found = await context.loaders.fillByPlace.load({ sequence: Number(digits), leg: liquidity === TAKER ? 0 : 1 });
  return found && (await mayReadNumber(context, found.accountNumber)) ? found : null;
}

function instrumentOf({ services }: Context, number: number) {
  return services.projection.instruments.get(number);
}
