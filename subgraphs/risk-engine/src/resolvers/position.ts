import { multiplyDecimals, parseDecimal } from '@mib/model/decimal';
import type { Context } from '../context.ts';
import { formatMoney, markOf } from '../domain/instrument.ts';
import type { PositionResolvers } from '../generated/resolvers-types.ts';
import { engineAway, readableAccount } from './ownership.ts';
import type { PositionParent } from './parents.ts';

export const position: PositionResolvers = {
  __resolveReference: (reference, context) => readablePosition(context, reference),
  async exposure({ instrument, quantity }, _, { loaders }) {
    if (quantity === undefined) return null;
    const mark = markOf(await loaders.quote.load(instrument.number).catch(engineAway), instrument);
    return mark && formatMoney(multiplyDecimals(mark, parseDecimal(quantity, 'quantity')));
  },
};

async function readablePosition(context: Context, { id, quantity }: { readonly id: string; readonly quantity?: string }): Promise<PositionParent | null> {
  const colon = id.indexOf(':');
  const account = await readableAccount(context, id.slice(0, Math.max(colon, 0)));
  const instrument = context.services.projection.instruments.find(id.slice(colon + 1));
  return account && instrument ? { id, instrument, quantity } : null;
}
