// What a caller may ask for, parsed once: a kind with exactly the parameters it has, within its bounds.

import { InvalidValueError } from '@mib/model/invalid-value';
import type { IndicatorKind, IndicatorSpec } from './catalog.ts';
import { CATALOG } from './catalog.ts';
import type { Average, Bound, Definition, NumberParameter, Parameter, Values } from './definition.ts';
import { NUMBERS } from './definition.ts';

/** Null and absent are the same: GraphQL inputs know both. */
export type IndicatorSpecInput = { readonly kind: IndicatorKind } & { readonly [P in NumberParameter]?: number | null } & { readonly average?: Average | null };

/** @throws {InvalidValueError} naming the parameter and its value. */
export function parseIndicatorSpec(input: IndicatorSpecInput): IndicatorSpec {
  const { parameters, check }: Definition = CATALOG[input.kind];
  const values: { [P in NumberParameter]?: number } & { average?: Average } = {};
  for (const name of NUMBERS) {
    const bound = parameters[name];
    if (!bound) refuseForeign(input, name);
    else setNumber(values, name, bound, input[name] ?? bound.initial);
  }
  if (!parameters.average) refuseForeign(input, 'average');
  else values.average = input.average ?? parameters.average;
  check(values as unknown as Values<Parameter>);
  return { kind: input.kind, ...values };
}

/** Equal specs have equal keys. */
export function indicatorSpecKey(spec: IndicatorSpec): string {
  const values = [...NUMBERS.map((name) => spec[name]), spec.average].filter((value) => value !== undefined);
  return `${spec.kind}(${values.join(',')})`;
}

function setNumber(values: { [P in NumberParameter]?: number }, name: NumberParameter, { minimum, maximum, whole }: Bound, value: number | undefined): void {
  if (value === undefined) return;
  if (whole && (!Number.isInteger(value) || value < minimum || value > maximum)) throw new InvalidValueError(`${name} must be ${minimum}..${maximum}`, value);
  if (!whole && !(value > minimum && value <= maximum)) throw new InvalidValueError(`${name} must be above ${minimum} and at most ${maximum}`, value);
  // Defaults share a record with fractions, which keeps them as doubles; a period that counts rows has to be an integer to V8.
  values[name] = whole ? value | 0 : value;
}

function refuseForeign(input: IndicatorSpecInput, name: Parameter): void {
  if (input[name] != null) throw new InvalidValueError(`${name} is not a parameter of ${input.kind}: leave it out`, input[name]);
}
