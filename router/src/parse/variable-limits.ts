// Bounds on the variables of a request, before anything walks them recursively or copies them to a subgraph. A number
// beyond JSON's range has become Infinity by now and would reach a subgraph as null: it is refused as well.

import { RequestRefused } from '../respond/graph-error.ts';
import type { LimitsConfig } from './limits-config.ts';
import type { Variables } from './variables.ts';

/** @throws {RequestRefused} MAX_VARIABLES_EXCEEDED, or BAD_USER_INPUT for a number that is none. */
export function enforceVariableLimits(variables: Variables, limits: Pick<LimitsConfig, 'maxVariableValues' | 'maxVariableDepth'>): void {
  let left = limits.maxVariableValues;
  const visit = (value: unknown, depth: number): void => {
    if (typeof value === 'number' && !Number.isFinite(value)) throw RequestRefused.because(400, 'BAD_USER_INPUT', 'a variable holds a number beyond range');
    if (typeof value !== 'object' || value === null) return;
    if (depth >= limits.maxVariableDepth) throw RequestRefused.because(400, 'MAX_VARIABLES_EXCEEDED', `variables may nest at most ${limits.maxVariableDepth} deep`);
    const children = Array.isArray(value) ? (value as readonly unknown[]) : Object.values(value);
    left -= children.length;
    if (left < 0) throw RequestRefused.because(400, 'MAX_VARIABLES_EXCEEDED', `variables may hold at most ${limits.maxVariableValues} values`);
    for (const child of children) visit(child, depth + 1);
  };
  visit(variables, 0);
}
