// Adjustment of candles for splits and dividends, on read: the store keeps what was traded. Each action before whose
// ex-date a candle lies multiplies it by a ratio of integers; ratios are multiplied exactly, and one rounding comes last.
//
//   split new:old             price × old/new, volume × new/old
//   dividend d, close c       price × (c - d)/c, where c is the last close before the ex-date, in shares of the ex-date
//                             (CRSP's and most vendors' convention; volume stays)

import type { Decimal } from '@mib/model/decimal';
import { divideDecimals, formatDecimal } from '@mib/model/decimal';
import { ClientError } from '@mib/service/errors';
import type { Candle } from './candle.ts';

export const ADJUSTMENTS = ['NONE', 'SPLIT', 'SPLIT_AND_DIVIDEND'] as const;
export type Adjustment = (typeof ADJUSTMENTS)[number];

/** `exDate` is the local date, YYYY-MM-DD, of the first session without the entitlement. */
export type CorporateAction =
  | { readonly id: string; readonly instrumentId: string; readonly kind: 'SPLIT'; readonly exDate: string; readonly newShares: number; readonly oldShares: number }
  | { readonly id: string; readonly instrumentId: string; readonly kind: 'CASH_DIVIDEND'; readonly exDate: string; readonly amount: Decimal; readonly currency: string };

/** Decimals of an adjusted figure that its ratio does not divide evenly. */
export const ADJUSTED_DECIMALS = 12;

export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** What candles before `exDayMs` are multiplied by: all later actions together. */
export interface AdjustmentStep {
  /** Midnight UTC of the ex-date, which is how a day's candle is called. */
  readonly exDayMs: number;
  readonly price: Ratio;
  readonly volume: Ratio;
}

const ONE: Ratio = { numerator: 1n, denominator: 1n };

/**
 * The steps of an instrument, oldest ex-date first.
 *
 * @param closeBefore - last close before each dividend's ex-date by its id; a dividend without one has no candle to adjust.
 * @throws {ClientError} CONFLICT for a dividend in another currency than the instrument's, or of at least the close.
 */
export function adjustmentSteps(actions: readonly CorporateAction[], currency: string | null, closeBefore: ReadonlyMap<string, Decimal>): AdjustmentStep[] {
  const newestFirst = [...actions].sort((a, b) => (a.exDate === b.exDate ? 0 : a.exDate < b.exDate ? 1 : -1));
  const steps: AdjustmentStep[] = [];
  let [price, volume] = [ONE, ONE];
  for (const exDate of new Set(newestFirst.map((action) => action.exDate))) {
    const ofDay = newestFirst.filter((action) => action.exDate === exDate);
    const split = ofDay.reduce((ratio, action) => (action.kind === 'SPLIT' ? times(ratio, { numerator: BigInt(action.oldShares), denominator: BigInt(action.newShares) }) : ratio), ONE);
    const dividend = ofDay.reduce((ratio, action) => (action.kind === 'SPLIT' ? ratio : times(ratio, dividendRatio(action, currency, closeBefore.get(action.id), split))), ONE);
    price = times(price, times(split, dividend));
    volume = times(volume, { numerator: split.denominator, denominator: split.numerator });
    steps.push({ exDayMs: Date.parse(`${exDate}T00:00:00Z`), price, volume });
  }
  return steps.reverse();
}

/** @param dayMs - name of the day that the candle belongs to. */
export function adjustCandle<T extends Candle>(candle: T, dayMs: number, steps: readonly AdjustmentStep[]): T {
  const step = steps.find((each) => dayMs < each.exDayMs);
  if (!step) return candle;
  return {
    ...candle,
    open: scaled(candle.open, step.price), high: scaled(candle.high, step.price), low: scaled(candle.low, step.price), close: scaled(candle.close, step.price),
    volume: candle.volume && scaled(candle.volume, step.volume),
    turnover: candle.turnover && scaled(candle.turnover, times(step.price, step.volume)),
  };
}

/** A ratio as the nearest double but for a rounding; both sides may be far beyond what doubles hold. */
export function ratioToNumber({ numerator, denominator }: Ratio): number {
  // The quotient is given RATIO_BITS bits, whatever the sizes.
  const shift = BigInt(Math.max(0, RATIO_BITS + bitLength(denominator) - bitLength(numerator)));
  return Number((numerator << shift) / denominator) / 2 ** Number(shift);
}

const RATIO_BITS = 64;

function bitLength(value: bigint): number {
  return value.toString(16).length * 4;
}

function dividendRatio(action: Extract<CorporateAction, { kind: 'CASH_DIVIDEND' }>, currency: string | null, close: Decimal | undefined, split: Ratio): Ratio {
  const { id, amount } = action;
  if (currency !== null && action.currency !== currency) throw new ClientError('CONFLICT', `dividend ${id} is in ${action.currency}, the instrument trades in ${currency}: prices cannot be adjusted for it`);
  if (!close) return ONE;
  // Close and amount over one denominator; the close in shares of the ex-date.
  const scale = Math.max(close.scale, amount.scale);
  const closeUnits = widened(close, scale) * split.numerator;
  const amountUnits = widened(amount, scale) * split.denominator;
  if (closeUnits <= amountUnits) throw new ClientError('CONFLICT', `dividend ${id} of ${formatDecimal(amount)} is not below the close ${formatDecimal(close)} before it: prices cannot be adjusted for it`);
  return reduced({ numerator: closeUnits - amountUnits, denominator: closeUnits });
}

/** Exact where the ratio divides evenly, else rounded half away from zero. */
function scaled(value: Decimal, { numerator, denominator }: Ratio): Decimal {
  const units = value.units * numerator;
  if (units % denominator === 0n) return { units: units / denominator, scale: value.scale };
  return divideDecimals({ units, scale: value.scale }, { units: denominator, scale: 0 }, Math.max(value.scale, ADJUSTED_DECIMALS));
}

function times(a: Ratio, b: Ratio): Ratio {
  return reduced({ numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator });
}

function reduced({ numerator, denominator }: Ratio): Ratio {
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? { numerator, denominator } : { numerator: numerator / a, denominator: denominator / a };
}

function widened(value: Decimal, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale);
}
