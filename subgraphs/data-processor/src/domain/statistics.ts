// Statistics of daily closes. Volatility is close to close with the sample deviation, annualised with sqrt(252), the
// number of trading days that equity desks use whatever the market.

import type { Decimal } from '@mib/model/decimal';
import { addDecimals, decimalToNumber, divideDecimals, ZERO } from '@mib/model/decimal';

export const TRADING_DAYS_PER_YEAR = 252;
export const AVERAGE_VOLUME_DECIMALS = 8;

export interface DailyClose {
  readonly close: Decimal;
  readonly volume: Decimal | null;
}

export interface CloseStatistics {
  readonly returns: number;
  readonly realisedVol: number | null;
  readonly changePercent: number | null;
  readonly averageVolume: Decimal | null;
}

/**
 * @param days - oldest first: the close before the window, then one day per return.
 */
export function closeStatistics(days: readonly DailyClose[]): CloseStatistics {
  const closes = days.map((day) => decimalToNumber(day.close));
  const logReturns = closes.slice(1).map((close, index) => Math.log(close / closes[index]!));
  const returns = logReturns.length;
  return {
    returns,
    realisedVol: finite(returns < 2 ? null : sampleDeviation(logReturns) * Math.sqrt(TRADING_DAYS_PER_YEAR)),
    changePercent: finite(returns < 1 ? null : (closes.at(-1)! / closes[0]! - 1) * 100),
    averageVolume: averageVolume(returns < 1 ? days : days.slice(1)),
  };
}

/** A market can trade at or below zero (WTI on 2020-04-20); then there is no log return and the answer is null. */
function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

function sampleDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

function averageVolume(days: readonly DailyClose[]): Decimal | null {
  let sum = ZERO;
  for (const { volume } of days) {
    if (!volume) return null;
    sum = addDecimals(sum, volume);
  }
  return divideDecimals(sum, { units: BigInt(days.length), scale: 0 }, AVERAGE_VOLUME_DECIMALS);
}
