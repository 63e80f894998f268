// Value at risk of a valued portfolio, and how bad the whole is.

import { decimalToNumber } from '@mib/model/decimal';
import type { Portfolio } from '../domain/portfolio.ts';
import { profitHistory, type ProfitHistory, type Returns } from '../domain/returns.ts';
import { levelOf, worse, type RiskLevel } from '../domain/risk-level.ts';
import { MAX_OBSERVATIONS, MIN_OBSERVATIONS, valueAtRisk, type TailRisk, type VarQuestion } from '../domain/value-at-risk.ts';

/** The question behind RiskLevel and the VALUE_AT_RISK alert. */
const WATCHED: VarQuestion = { method: 'HISTORICAL', confidence: 0.99, horizonDays: 1 };
const NOTHING_HELD: PortfolioTailRisk = { amount: 0, expectedShortfall: 0, observations: 0, newestDayMs: null };

export interface PortfolioTailRisk extends TailRisk {
  readonly observations: number;
  readonly newestDayMs: number | null;
}

export interface Assessment {
  /** Null when equity is gone while something is held. */
  readonly leverage: number | null;
  /** Watched value at risk over equity; null without equity or history. */
  readonly varOfEquity: number | null;
  readonly level: RiskLevel;
}

/** Daily profits and losses that the holdings would have had. */
export function profitsOf({ holdings }: Portfolio, returns: ReadonlyMap<string, Returns>): ProfitHistory {
  return profitHistory(holdings.map(({ instrument, value }) => ({ value: decimalToNumber(value), returns: returns.get(instrument.id) ?? new Map<number, number>() })), MAX_OBSERVATIONS);
}

/** Null with fewer than MIN_OBSERVATIONS days of common history; zero when nothing is held. */
export function tailRisk({ holdings }: Portfolio, { profits, newestDayMs }: ProfitHistory, question: VarQuestion): PortfolioTailRisk | null {
  if (holdings.length === 0) return NOTHING_HELD;
  if (profits.length < MIN_OBSERVATIONS) return null;
  return { ...valueAtRisk(profits, question), observations: profits.length, newestDayMs };
}

export function assess(portfolio: Portfolio, history: ProfitHistory): Assessment {
  const { leverage, equity } = portfolio;
  if (leverage === null) return { leverage, varOfEquity: null, level: 'CRITICAL' };
  const risk = tailRisk(portfolio, history, WATCHED);
  const varOfEquity = risk === null ? null : risk.amount === 0 ? 0 : risk.amount / decimalToNumber(equity);
  const level = worse(levelOf('LEVERAGE', leverage), levelOf('VALUE_AT_RISK', varOfEquity ?? 0));
  return { leverage, varOfEquity, level };
}
