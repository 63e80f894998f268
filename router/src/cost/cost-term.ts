// A cost that is known when the operation is, or only with its variables.

import type { Variables } from '../parse/variables.ts';

export type Cost = number | ((variables: Variables) => number);

export function at(cost: Cost, variables: Variables): number {
  return typeof cost === 'number' ? cost : cost(variables);
}

export function add(terms: readonly Cost[]): Cost {
  let known = 0;
  const unknown: ((variables: Variables) => number)[] = [];
  for (const term of terms) {
    if (typeof term === 'number') known += term;
    else unknown.push(term);
  }
  if (unknown.length === 0) return known;
  return (variables) => unknown.reduce((sum, term) => sum + term(variables), known);
}

export function multiply(left: Cost, right: Cost): Cost {
  if (typeof left === 'number' && typeof right === 'number') return left * right;
  return (variables) => at(left, variables) * at(right, variables);
}
