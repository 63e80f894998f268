import { formatTimestamp, timestampFromDate } from '@mib/model/timestamp';
import { ClientError } from '@mib/service/errors';
import type { Context } from '../context.ts';
import { dayOfDate, parseDayRange } from '../domain/calendar.ts';
import { decodeCursor, encodeCursor } from '../domain/cursor.ts';
import { formatMoney, moneyOfUnits } from '../domain/instrument.ts';
import { checkFirst, toConnection } from '@mib/service/page';
import { equityOf, markOf } from '../domain/valuation.ts';
import type { LotMethod } from '../domain/lots.ts';
import type { AccountResolvers, UserResolvers } from '../generated/resolvers-types.ts';
import { fillCursor } from './fill.ts';
import { mayRead, readableAccount } from './ownership.ts';
import type { AccountParent } from './parents.ts';

const DEFAULT_FIRST = 25;

export const account: AccountResolvers = {
  __resolveReference: ({ id }, context) => readableAccount(context, id),
  mode: () => 'PAPER',
  status: ({ state }) => (state === 'OPEN' ? 'OPEN' : 'OPENING'),
  openedAt: ({ createdAt }) => formatTimestamp(timestampFromDate(createdAt)),
  balances,
  async positions({ number }, _, { loaders, services }) {
    const positions = await loaders.positionsOfAccount.load(number);
    const idOf = (instrumentNumber: number) => services.projection.instruments.get(instrumentNumber).id;
    return [...positions].sort((a, b) => (idOf(a.instrumentNumber) < idOf(b.instrumentNumber) ? -1 : 1));
  },
  async orders({ number }, { first: asked, after, status }, { loaders }) {
    const first = checkFirst(asked ?? DEFAULT_FIRST);
    const place = after ? decodeCursor('order', after, ['after']) : null;
    const rows = await loaders.ordersOfAccount(number, { limit: first + 1, after: place, statuses: status ?? null });
    return toConnection(rows, { first, after: place !== null, cursorOf: (order) => encodeCursor('order', { sequence: order.id, leg: 0 }) });
  },
  async fills({ number }, { first: asked, after }, { loaders }) {
    const first = checkFirst(asked ?? DEFAULT_FIRST);
    const place = after ? decodeCursor('fill', after, ['after']) : null;
    const rows = await loaders.fillsOfAccount(number, { limit: first + 1, after: place });
    return toConnection(rows, { first, after: place !== null, cursorOf: fillCursor });
  },
  equity,
  performance,
  eventCursor: (_, __, { appliedAtStart }) => encodeCursor('order-event', { sequence: appliedAtStart, leg: 1 }),
};

export const user: UserResolvers = {
  __resolveReference: ({ id }, { viewer }) => (mayRead(viewer, id) ? { id } : null),
  accounts: ({ id }, _, { viewer, loaders }) => (mayRead(viewer, id) ? loaders.accountsOfUser.load(id).then((accounts) => [...accounts]) : null),
};

async function balances({ number }: AccountParent, _: unknown, { loaders, services }: Context) {
  const snapshot = await loaders.engineAccount.load(number).catch(engineAway);
  if (!snapshot) return [];
  return snapshot.cash.map(({ currency, totalUnits, lockedUnits }) => {
    const money = (units: number) => formatMoney(moneyOfUnits(units, services.projection.instruments.cashScale(currency)));
    return { currency, total: money(totalUnits), available: money(totalUnits - lockedUnits), locked: money(lockedUnits) };
  });
}

async function equity({ number, baseCurrency }: AccountParent, _: unknown, { loaders, services }: Context) {
  const { instruments } = services.projection;
  const holdings = await loaders.holdingsOfAccount.load(number);
  const held = holdings.positions.filter((position) => position.quantityLots !== 0n).map((position) => position.instrumentNumber);
  const quotes = await Promise.all(held.map((instrumentNumber) => loaders.quote.load(instrumentNumber).catch(engineAway)));
  const byNumber = new Map(held.map((instrumentNumber, index) => [instrumentNumber, quotes[index] ?? null]));
  const { amount, missingInstruments, missingCurrencies } = equityOf(holdings, baseCurrency, { instruments, markOf: (instrument) => markOf(byNumber.get(instrument.number) ?? null, instrument) });
  return {
    amount: formatMoney(amount),
    currency: baseCurrency,
    asOf: formatTimestamp(timestampFromDate(new Date())),
    complete: missingInstruments.length === 0 && missingCurrencies.length === 0,
    missingPrices: missingInstruments.map(({ id }) => ({ id })),
    missingRates: missingCurrencies,
  };
}

async function performance(parent: AccountParent, { from, to, lotMethod: method }: { readonly from: string; readonly to: string; readonly lotMethod: LotMethod }, { loaders }: Context) {
  const { realised, unrealised, fees, missingPrices, ...figures } = await loaders.performanceOfAccount(parent, { ...parseDayRange(from, to), method, today: dayOfDate(new Date()) });
  return {
    ...figures,
    realised: formatMoney(realised),
    unrealised: formatMoney(unrealised),
    fees: formatMoney(fees),
    missingPrices: missingPrices.map(({ id }) => ({ id })),
  };
}

/** An absent engine blanks this field and says why; the rest of the account comes from the tables. */
export function engineAway(error: unknown): never {
  throw new ClientError('UNAVAILABLE', 'the engine cannot be reached', { cause: error });
}
