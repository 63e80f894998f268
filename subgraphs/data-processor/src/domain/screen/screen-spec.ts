// What a screen asks for, parsed once: conditions that all must hold, an order, a bound. Figures are binary floats, as
// indicators are; a figure that is not ready satisfies no condition.

import { InvalidValueError } from '@mib/model/invalid-value';
import type { Interval } from '@mib/model/interval';
import type { IndicatorSpec } from '../indicators/catalog.ts';
import { indicatorOf } from '../indicators/catalog.ts';
import type { IndicatorSpecInput } from '../indicators/indicator-spec.ts';
import { indicatorSpecKey, parseIndicatorSpec } from '../indicators/indicator-spec.ts';

export const SCREEN_METRICS = ['CLOSE', 'VOLUME', 'CHANGE_PERCENT', 'RANGE_PERCENT'] as const;
export type ScreenMetric = (typeof SCREEN_METRICS)[number];
export const COMPARISONS = ['ABOVE', 'AT_LEAST', 'BELOW', 'AT_MOST'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export type Operand =
  | { readonly kind: 'metric'; readonly metric: ScreenMetric }
  /** `stream` is an index of the spec's indicators. */
  | { readonly kind: 'indicator'; readonly stream: number; readonly component: number }
  | { readonly kind: 'value'; readonly value: number };

export interface Condition {
  readonly left: Operand;
  readonly comparison: Comparison;
  readonly right: Operand;
}

export interface ScreenSpec {
  readonly interval: Interval;
  /** Each once, whatever the number of operands that name it. */
  readonly indicators: readonly IndicatorSpec[];
  readonly conditions: readonly Condition[];
  readonly rankBy: Operand;
  readonly descending: boolean;
  /** Members at most: the first of the order. */
  readonly limit: number;
}

export interface OperandInput {
  readonly metric?: ScreenMetric | null;
  readonly indicator?: IndicatorSpecInput | null;
  readonly component?: string | null;
  readonly value?: number | null;
}

export interface ScreenInput {
  readonly interval: Interval;
  readonly conditions: readonly { readonly left: OperandInput; readonly comparison: Comparison; readonly right: OperandInput }[];
  readonly rankBy: OperandInput;
  readonly descending?: boolean | null;
  readonly limit?: number | null;
}

export const MAX_CONDITIONS = 8;
export const MAX_MEMBERS = 500;
const DEFAULT_MEMBERS = 100;

/** @throws {InvalidValueError} naming what does not fit. */
export function parseScreen(input: ScreenInput): ScreenSpec {
  const { length } = input.conditions;
  if (length < 1 || length > MAX_CONDITIONS) throw new InvalidValueError(`conditions must be 1..${MAX_CONDITIONS}`, length);
  const limit = input.limit ?? DEFAULT_MEMBERS;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_MEMBERS) throw new InvalidValueError(`limit must be 1..${MAX_MEMBERS}`, limit);
  const indicators = new Map<string, IndicatorSpec>();
  const conditions = input.conditions.map(({ left, comparison, right }) => ({ left: operandOf(left, indicators), comparison, right: operandOf(right, indicators) }));
  const rankBy = operandOf(input.rankBy, indicators);
  return { interval: input.interval, indicators: [...indicators.values()], conditions, rankBy, descending: input.descending ?? true, limit };
}

function operandOf({ metric, indicator, component, value }: OperandInput, indicators: Map<string, IndicatorSpec>): Operand {
  const given = [metric, indicator, value].filter((each) => each != null).length;
  if (given !== 1) throw new InvalidValueError('an operand must have one of metric, indicator and value', given);
  if (component != null && indicator == null) throw new InvalidValueError('component belongs to an indicator: leave it out', component);
  if (metric != null) return { kind: 'metric', metric };
  if (value != null) return { kind: 'value', value };
  const spec = parseIndicatorSpec(indicator!);
  const key = indicatorSpecKey(spec);
  if (!indicators.has(key)) indicators.set(key, spec);
  const { components } = indicatorOf(spec);
  const index = component == null ? 0 : components.indexOf(component);
  if (index < 0) throw new InvalidValueError(`component of ${spec.kind} must be one of ${components.join(', ')}`, component);
  return { kind: 'indicator', stream: [...indicators.keys()].indexOf(key), component: index };
}
