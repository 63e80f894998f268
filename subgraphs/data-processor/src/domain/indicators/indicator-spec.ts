// What a caller may ask for, parsed once: a kind with exactly the parameters it has, within named bounds.

import { InvalidValueError } from '@mib/model/invalid-value';

export const INDICATOR_KINDS = ['SMA', 'EMA', 'RSI', 'MACD', 'BBANDS', 'ATR'] as const;
export type IndicatorKind = (typeof INDICATOR_KINDS)[number];

export type IndicatorSpec =
  | { readonly kind: 'SMA' | 'EMA' | 'RSI' | 'ATR'; readonly period: number }
  | { readonly kind: 'MACD'; readonly fast: number; readonly slow: number; readonly signal: number }
  | { readonly kind: 'BBANDS'; readonly period: number; readonly deviations: number };

/** Null and absent are the same: GraphQL inputs know both. */
export interface IndicatorSpecInput {
  readonly kind: IndicatorKind;
  readonly period?: number | null;
  readonly fast?: number | null;
  readonly slow?: number | null;
  readonly signal?: number | null;
  readonly deviations?: number | null;
}

export const MIN_PERIOD = 2;
/** Longest period: bounds the window an indicator keeps and the candles a cold start reads. */
export const MAX_PERIOD = 1_000;
export const MAX_DEVIATIONS = 10;

const PARAMETERS = ['period', 'fast', 'slow', 'signal', 'deviations'] as const;
type Parameter = (typeof PARAMETERS)[number];

const DEFAULTS: Readonly<Record<IndicatorKind, Partial<Record<Parameter, number>>>> = {
  SMA: { period: 20 },
  EMA: { period: 20 },
  RSI: { period: 14 },
  MACD: { fast: 12, slow: 26, signal: 9 },
  BBANDS: { period: 20, deviations: 2 },
  ATR: { period: 14 },
};

/** @throws {InvalidValueError} naming the parameter and its value. */
export function parseIndicatorSpec(input: IndicatorSpecInput): IndicatorSpec {
  const defaults = DEFAULTS[input.kind];
  for (const name of PARAMETERS) {
    if (!(name in defaults) && input[name] != null) throw new InvalidValueError(`${name} is not a parameter of ${input.kind}: leave it out`, input[name]);
  }
  const whole = (name: Parameter, minimum = MIN_PERIOD): number => {
    const value = input[name] ?? defaults[name]!;
    if (!Number.isInteger(value) || value < minimum || value > MAX_PERIOD) throw new InvalidValueError(`${name} must be ${minimum}..${MAX_PERIOD}`, value);
    return value;
  };
  switch (input.kind) {
    case 'MACD':
      return { kind: 'MACD', ...fastBelowSlow(whole('fast'), whole('slow', MIN_PERIOD + 1)), signal: whole('signal') };
    case 'BBANDS':
      return { kind: 'BBANDS', period: whole('period'), deviations: deviationsOf(input.deviations ?? defaults.deviations!) };
    default:
      return { kind: input.kind, period: whole('period') };
  }
}

/** Equal specs have equal keys. */
export function indicatorSpecKey(spec: IndicatorSpec): string {
  switch (spec.kind) {
    case 'MACD':
      return `MACD(${spec.fast},${spec.slow},${spec.signal})`;
    case 'BBANDS':
      return `BBANDS(${spec.period},${spec.deviations})`;
    default:
      return `${spec.kind}(${spec.period})`;
  }
}

function fastBelowSlow(fast: number, slow: number): { fast: number; slow: number } {
  if (fast >= slow) throw new InvalidValueError(`fast must be below slow (${slow})`, fast);
  return { fast, slow };
}

function deviationsOf(value: number): number {
  if (!(value > 0 && value <= MAX_DEVIATIONS)) throw new InvalidValueError(`deviations must be above 0 and at most ${MAX_DEVIATIONS}`, value);
  return value;
}
