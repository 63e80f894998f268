import { formatTimestamp, timestampFromDate } from '@mib/model/timestamp';
import { ClientError } from '@mib/service/errors';
import { formatMoney } from '../domain/instrument.ts';
import type { Portfolio, Valuation } from '../domain/portfolio.ts';
import type { VarQuestion } from '../domain/value-at-risk.ts';
import type { AccountRiskResolvers } from '../generated/resolvers-types.ts';
import { assess, tailRisk } from '../portfolio/assessment.ts';

const CONFIDENCE = { min: 0.5, max: 0.999 };
const MAX_HORIZON_DAYS = 252;
const MONEY_DECIMALS = 2;

export const accountRisk: AccountRiskResolvers = {
  async valueAtRisk({ valuation, currency, profits }, question) {
    checkQuestion(question);
    const portfolio = portfolioOf(valuation);
    const risk = portfolio && tailRisk(portfolio, await profits(), question);
    if (!risk) return null;
    return {
      ...question, currency,
      amount: risk.amount.toFixed(MONEY_DECIMALS),
      expectedShortfall: risk.expectedShortfall.toFixed(MONEY_DECIMALS),
      observations: risk.observations,
      observedUntil: risk.newestDayMs === null ? null : formatTimestamp(timestampFromDate(new Date(risk.newestDayMs))),
    };
  },
  equity: ({ valuation }) => money(valuation, (portfolio) => portfolio.equity),
  grossExposure: ({ valuation }) => money(valuation, (portfolio) => portfolio.grossExposure),
  netExposure: ({ valuation }) => money(valuation, (portfolio) => portfolio.netExposure),
  leverage: ({ valuation }) => portfolioOf(valuation)?.leverage ?? null,
  herfindahl: ({ valuation }) => portfolioOf(valuation)?.herfindahl ?? null,
  async level({ valuation, profits }) {
    const portfolio = portfolioOf(valuation);
    return portfolio && assess(portfolio, await profits()).level;
  },
  complete: ({ valuation }) => valuation.kind === 'complete',
  missingPrices: ({ valuation }) => (valuation.kind === 'complete' ? [] : valuation.missingPrices.map(({ id }) => ({ id }))),
  missingRates: ({ valuation }) => (valuation.kind === 'complete' ? [] : valuation.missingRates),
  asOf: ({ asOf }) => formatTimestamp(timestampFromDate(asOf)),
};

function portfolioOf(valuation: Valuation): Portfolio | null {
  return valuation.kind === 'complete' ? valuation.portfolio : null;
}

function money(valuation: Valuation, pick: (portfolio: Portfolio) => Portfolio['equity']): string | null {
  const portfolio = portfolioOf(valuation);
  return portfolio && formatMoney(pick(portfolio));
}

function checkQuestion({ confidence, horizonDays }: VarQuestion): void {
  if (!(confidence >= CONFIDENCE.min && confidence <= CONFIDENCE.max)) {
    throw new ClientError('VALIDATION', `confidence must be ${CONFIDENCE.min}..${CONFIDENCE.max}, was ${confidence}`, { field: ['confidence'] });
  }
  if (horizonDays < 1 || horizonDays > MAX_HORIZON_DAYS) {
    throw new ClientError('VALIDATION', `horizonDays must be 1..${MAX_HORIZON_DAYS}, was ${horizonDays}`, { field: ['horizonDays'] });
  }
}
