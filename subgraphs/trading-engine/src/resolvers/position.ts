import { subtractDecimals, type Decimal } from '@mib/model/decimal';
import { formatTimestamp } from '@mib/model/timestamp';
import type { Context } from '../context.ts';
import { formatAveragePrice, formatMoney, formatQuantity, moneyOfCost, moneyOfUnits, type TradedInstrument } from '../domain/instrument.ts';
import type { LotMethod, LotState } from '../domain/lots.ts';
import { formatMark, markOf, marketValue } from '../domain/valuation.ts';
import type { LotResolvers, PositionResolvers } from '../generated/resolvers-types.ts';
import { engineAway } from './account.ts';
import { readableAccount } from './ownership.ts';
import type { PositionParent } from './parents.ts';

export const position: PositionResolvers = {
  __resolveReference: ({ id }, context) => readablePosition(context, id),
  async id(parent, _, context) {
    return `${(await accountOf(parent, context)).id}:${instrumentOf(parent, context).id}`;
  },
  account: (parent, _, context) => accountOf(parent, context),
  instrument: (parent, _, context) => ({ id: instrumentOf(parent, context).id }),
  currency: (parent, _, context) => instrumentOf(parent, context).currency,
  quantity: (parent, _, context) => formatQuantity(parent.quantityLots, instrumentOf(parent, context)),
  averagePrice: (parent, _, context) => formatAveragePrice(parent.cost, parent.quantityLots, instrumentOf(parent, context)),
  async markPrice(parent, _, context) {
    const mark = await markPrice(parent, context);
    return mark && formatMark(mark, instrumentOf(parent, context));
  },
  async marketValue(parent, _, context) {
    const mark = await markPrice(parent, context);
    return mark && formatMoney(marketValue(parent, mark, instrumentOf(parent, context)));
  },
  async lots(parent, { method }, context) {
    const instrument = instrumentOf(parent, context);
    return (await lotState(parent, method, context)).lots.map((lot) => ({ ...lot, instrument }));
  },
  async realisedPnl(parent, { method }, context) {
    const realised = method === 'AVERAGE_COST' ? parent.realised : (await lotState(parent, method, context)).realised;
    return formatMoney(subtractDecimals(moneyOfCost(realised, instrumentOf(parent, context)), feesOf(parent, context)));
  },
  async unrealisedPnl(parent, { method }, context) {
    const instrument = instrumentOf(parent, context);
    const mark = await markPrice(parent, context);
    if (mark === null) return null;
    const cost = method === 'AVERAGE_COST' ? parent.cost : costOf(await lotState(parent, method, context));
    return formatMoney(subtractDecimals(marketValue(parent, mark, instrument), moneyOfCost(cost, instrument)));
  },
  feesPaid: (parent, _, context) => formatMoney(feesOf(parent, context)),
};

export const lot: LotResolvers = {
  openedAt: ({ openedAtNs }) => formatTimestamp(openedAtNs),
  quantity: ({ quantityLots, instrument }) => formatQuantity(quantityLots, instrument),
  costPerUnit: ({ cost, quantityLots, instrument }) => formatAveragePrice(cost, quantityLots, instrument),
};

function feesOf(parent: PositionParent, context: Context) {
  return moneyOfUnits(parent.feeUnits, instrumentOf(parent, context).cashScale);
}

async function readablePosition(context: Context, id: string): Promise<PositionParent | null> {
  const colon = id.indexOf(':');
  const account = await readableAccount(context, id.slice(0, Math.max(colon, 0)));
  const instrument = context.services.projection.instruments.find(id.slice(colon + 1));
  if (!account || !instrument) return null;
  return context.loaders.positionByName.load({ accountNumber: account.number, instrumentNumber: instrument.number });
}

async function markPrice(parent: PositionParent, context: Context): Promise<Decimal | null> {
  const quote = await context.loaders.quote.load(parent.instrumentNumber).catch(engineAway);
  return markOf(quote, instrumentOf(parent, context));
}

function lotState(parent: PositionParent, method: LotMethod, { loaders }: Context): Promise<LotState> {
  return loaders.lotsOfPosition(parent, method);
}

function costOf({ lots }: LotState): bigint {
  return lots.reduce((sum, { cost }) => sum + cost, 0n);
}

async function accountOf({ accountNumber }: PositionParent, { loaders }: Context) {
  const account = await loaders.accountByNumber.load(accountNumber);
  if (!account) throw new Error(`position of account ${accountNumber}, which is not stored`);
  return account;
}

function instrumentOf({ instrumentNumber }: PositionParent, { services }: Context): TradedInstrument {
  return services.projection.instruments.get(instrumentNumber);
}
