import { formatTimestamp, timestampFromDate } from '@mib/model/timestamp';
import { formatQuantity } from '../domain/instrument.ts';
import { EVERYBODY, statusOf } from '../domain/intent.ts';
import { ALL_INSTRUMENTS, NO_TERMS, limitsFor, ownInstruments } from '../domain/limits.ts';
import type { InstrumentRiskLimitsResolvers, RiskLimitsResolvers, TradingStateEventResolvers } from '../generated/resolvers-types.ts';
import { mayRead } from './ownership.ts';
import type { LimitsParent } from './parents.ts';

const BASIS_POINTS_PER_PERCENT = 100;

export const riskLimits: RiskLimitsResolvers = {
  version: ({ version }) => version?.version ?? 0,
  // What nobody set is what the engine does by itself.
  status: ({ version }) => (version ? statusOf(version) : 'APPLIED'),
  maxPositionLots: (parent) => limitsFor(termsOf(parent), ALL_INSTRUMENTS).maxPositionLots,
  priceCollarPercent: (parent) => limitsFor(termsOf(parent), ALL_INSTRUMENTS).collarBasisPoints / BASIS_POINTS_PER_PERCENT,
  instruments(parent, _, { services }) {
    const terms = termsOf(parent);
    const own = ownInstruments(terms).map((number) => ({ instrument: services.projection.instruments.get(number), ...limitsFor(terms, number) }));
    return own.sort((a, b) => (a.instrument.id < b.instrument.id ? -1 : 1));
  },
  setBy: ({ version }) => version?.actor ?? null,
  setAt: ({ version }) => (version ? formatTimestamp(timestampFromDate(version.createdAt)) : null),
};

export const instrumentRiskLimits: InstrumentRiskLimitsResolvers = {
  instrument: ({ instrument }) => ({ id: instrument.id }),
  maxPositionQuantity: ({ instrument, maxPositionLots }) => formatQuantity(maxPositionLots, instrument),
  priceCollarPercent: ({ collarBasisPoints }) => collarBasisPoints / BASIS_POINTS_PER_PERCENT,
};

export const tradingStateEvent: TradingStateEventResolvers = {
  async account({ accountNumber }, _, { viewer, loaders }) {
    const account = accountNumber === EVERYBODY ? null : await loaders.accountByNumber.load(accountNumber);
    return account && mayRead(viewer, account.userId) ? account : null;
  },
  status: (version) => statusOf(version),
  at: ({ createdAt }) => formatTimestamp(timestampFromDate(createdAt)),
};

function termsOf({ version }: LimitsParent) {
  return version?.terms ?? NO_TERMS;
}
