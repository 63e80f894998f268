// The rules that rules keep: every bound named once, every refusal with the path of its field and the value.

import { compareDecimals, formatDecimal, parseDecimal, toSteps } from '@mib/model/decimal';
import { asClientError, ClientError } from '@mib/service/errors';
import type { Condition, CrossDirection } from './alert-rule.ts';
import { ticksOf, type TickedInstrument } from './instrument.ts';

export const MAX_RULES_PER_USER = 100;
export const MAX_RULES_PER_USER_AND_INSTRUMENT = 20;
/** Of all users together: what each trade of the instrument is compared with. */
export const MAX_RULES_PER_INSTRUMENT = 5_000;
export const MAX_NAME_CHARACTERS = 60;
export const MAX_COOLDOWN_SECONDS = 30 * 86_400;
export const MAX_WINDOW_SECONDS = 86_400;

const BASIS_POINT = parseDecimal('0.01');
const MAX_PERCENT = parseDecimal('1000');

export interface ConditionInput {
  readonly priceCross?: { readonly direction: CrossDirection; readonly price: string } | null | undefined;
  readonly percentMove?: { readonly percent: string; readonly windowSeconds: number } | null | undefined;
}

/** @throws {ClientError} VALIDATION. */
export function ruleName(name: string): string {
  const trimmed = name.trim();
  if (trimmed.length >= 1 && trimmed.length <= MAX_NAME_CHARACTERS) return trimmed;
  throw new ClientError('VALIDATION', `name must have 1..${MAX_NAME_CHARACTERS} characters, had ${trimmed.length}`, { field: ['input', 'name'] });
}

/** @throws {ClientError} VALIDATION. */
export function cooldown(seconds: number): number {
  return checkSeconds(seconds, 'cooldownSeconds', MAX_COOLDOWN_SECONDS, ['input', 'cooldownSeconds']);
}

/** @throws {ClientError} VALIDATION unless there is exactly one condition and the instrument can meet it. */
export function conditionOf({ priceCross, percentMove }: ConditionInput, instrument: TickedInstrument): Condition {
  if (Boolean(priceCross) === Boolean(percentMove)) {
    throw new ClientError('VALIDATION', `exactly one of priceCross and percentMove must be given, ${priceCross ? 'both were' : 'none was'}`, { field: ['input'] });
  }
  if (priceCross) return { kind: 'PRICE_CROSS', direction: priceCross.direction, levelTicks: at(['input', 'priceCross', 'price'], () => ticksOf(priceCross.price, instrument)) };
  const { percent, windowSeconds } = percentMove!;
  return {
    kind: 'PERCENT_MOVE',
    basisPoints: at(['input', 'percentMove', 'percent'], () => basisPointsOf(percent)),
    windowSeconds: checkSeconds(windowSeconds, 'windowSeconds', MAX_WINDOW_SECONDS, ['input', 'percentMove', 'windowSeconds']),
  };
}

/** Per cent as text, from whole hundredths. */
export function formatPercent(basisPoints: number): string {
  return formatDecimal({ units: BigInt(basisPoints), scale: BASIS_POINT.scale });
}

function basisPointsOf(percent: string): number {
  const value = parseDecimal(percent, 'percent');
  if (value.units > 0n && compareDecimals(value, MAX_PERCENT) <= 0) return toSteps(value, BASIS_POINT, 'percent');
  throw new ClientError('VALIDATION', `percent must be 0.01..1000, was ${JSON.stringify(percent)}`);
}

function checkSeconds(seconds: number, name: string, maximum: number, field: readonly string[]): number {
  if (seconds >= 1 && seconds <= maximum) return seconds;
  throw new ClientError('VALIDATION', `${name} must be 1..${maximum}, was ${seconds}`, { field });
}

/** Gives a refusal the path of its field. */
function at<T>(field: readonly string[], read: () => T): T {
  try {
    return read();
  } catch (error) {
    const refusal = asClientError(error);
    if (!refusal) throw error;
    throw new ClientError(refusal.code, refusal.message, { field, cause: error });
  }
}
