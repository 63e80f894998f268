import type { Context } from '../context.ts';
import { decodeCursor, encodeCursor } from '../domain/cursor.ts';
import { checkFirst, toConnection } from '@mib/service/page';
import { valuePortfolio, type Valuation } from '../domain/portfolio.ts';
import type { ProfitHistory } from '../domain/returns.ts';
import type { AccountResolvers } from '../generated/resolvers-types.ts';
import { profitsOf } from '../portfolio/assessment.ts';
import { engineAway, readableAccount } from './ownership.ts';
import type { AccountParent, RiskParent } from './parents.ts';

const DEFAULT_FIRST = 25;

export const account: AccountResolvers = {
  __resolveReference: ({ id }, context) => readableAccount(context, id),
  risk,
  limits: async ({ number }, _, { loaders }) => ({ version: await loaders.limits.load(number) }),
  async limitsHistory({ number }, { first: asked, after }, { loaders }) {
    const first = checkFirst(asked ?? DEFAULT_FIRST);
    const before = after ? decodeCursor('limits', after) : null;
    const versions = await loaders.limitsHistory(number, { limit: first + 1, before });
    return toConnection(versions.map((version) => ({ version })), { first, after: before !== null, cursorOf: ({ version }) => encodeCursor('limits', version.version) });
  },
  async tradingState({ number }, _, { loaders }) {
    const snapshot = await loaders.engineAccount.load(number).catch(engineAway);
    return snapshot?.tradingState ?? null;
  },
  async tradingStateHistory({ number }, { first: asked, after }, { loaders }) {
    const first = checkFirst(asked ?? DEFAULT_FIRST);
    const before = after ? decodeCursor('trading-state', after) : null;
    const versions = await loaders.tradingStateHistory(number, { limit: first + 1, before });
    return toConnection(versions, { first, after: before !== null, cursorOf: (version) => encodeCursor('trading-state', version.version) });
  },
};

async function risk({ number, baseCurrency: currency }: AccountParent, _: unknown, { loaders, services }: Context): Promise<RiskParent> {
  // Not in the engine yet: nothing is held.
  const snapshot = (await loaders.engineAccount.load(number).catch(engineAway)) ?? { cash: [], positions: [] };
  const held = snapshot.positions.filter((position) => position.quantityLots !== 0).map((position) => position.instrumentNumber);
  const quotes = await Promise.all(held.map((instrumentNumber) => loaders.quote.load(instrumentNumber).catch(engineAway)));
  const byNumber = new Map(held.map((instrumentNumber, index) => [instrumentNumber, quotes[index] ?? null]));
  const valuation = valuePortfolio(snapshot, currency, { instruments: services.projection.instruments, quoteOf: (instrumentNumber) => byNumber.get(instrumentNumber) ?? null });
  let profits: Promise<ProfitHistory> | undefined;
  return { currency, asOf: new Date(services.now()), valuation, profits: () => (profits ??= profitsOfValuation(valuation, loaders)) };
}

async function profitsOfValuation(valuation: Valuation, loaders: Context['loaders']): Promise<ProfitHistory> {
  if (valuation.kind === 'incomplete') return { profits: [], newestDayMs: null };
  const ids = valuation.portfolio.holdings.map(({ instrument }) => instrument.id);
  const returns = await Promise.all(ids.map((id) => loaders.returns.load(id)));
  return profitsOf(valuation.portfolio, new Map(ids.map((id, index) => [id, returns[index]!])));
}
