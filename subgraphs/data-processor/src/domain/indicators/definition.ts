// What the definition of a kind consists of: its parameters with bounds and defaults, and how to make the indicator.

import { InvalidValueError } from '@mib/model/invalid-value';
import type { Indicator } from './indicator.ts';

/** In the order in which keys and messages name them. */
export const NUMBERS = ['period', 'fast', 'slow', 'signal', 'smoothing', 'stochPeriod', 'atrPeriod', 'deviations', 'multiplier', 'acceleration', 'maximum'] as const;
export type NumberParameter = (typeof NUMBERS)[number];
export type Parameter = NumberParameter | 'average';
export type Average = 'SMA' | 'EMA';

export interface Bound {
  readonly minimum: number;
  readonly maximum: number;
  /** Undefined where the parameter may be left out and has no default. */
  readonly initial: number | undefined;
  readonly whole: boolean;
}

type ValueOf<P extends Parameter> = P extends 'average' ? Average : number;
export type Values<P extends Parameter> = { readonly [K in P]: ValueOf<K> };

export interface Definition {
  readonly parameters: { readonly [P in NumberParameter]?: Bound } & { readonly average?: Average };
  /** @throws {InvalidValueError} where parameters that are in bounds do not go together. */
  readonly check: (values: Values<Parameter>) => void;
  readonly make: (values: Values<Parameter>) => Indicator;
}

export const MIN_PERIOD = 2;
/** Longest period: bounds the window an indicator keeps and the candles a cold start reads. */
export const MAX_PERIOD = 1_000;
export const MAX_DEVIATIONS = 10;

/** `make` and `check` get exactly the parameters that are named. */
export function define<P extends Parameter>(definition: {
  readonly parameters: { readonly [K in P]: K extends 'average' ? Average : Bound };
  readonly check?: (values: Values<P>) => void;
  readonly make: (values: Values<P>) => Indicator;
}): Definition {
  return { check: () => undefined, ...definition } as unknown as Definition;
}

/** A number of bars. */
export function bars(initial: number | undefined, minimum = MIN_PERIOD): Bound {
  return { minimum, maximum: MAX_PERIOD, initial, whole: true };
}

/** A factor above 0. */
export function factor(initial: number, maximum: number): Bound {
  return { minimum: 0, maximum, initial, whole: false };
}

/** @throws {InvalidValueError} */
export function requireBelow(name: string, value: number, other: string, bound: number): void {
  if (value >= bound) throw new InvalidValueError(`${name} must be below ${other} (${bound})`, value);
}
