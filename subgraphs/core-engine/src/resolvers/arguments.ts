// Bounds of arguments, checked before anything is asked of the engine.

import { ClientError } from '@mib/service/errors';
import type { Context } from '../context.ts';
import type { Market } from '../domain/market.ts';

export const MAX_DEPTH = 100;
export const MAX_INSTRUMENTS = 100;
export const MAX_CONFLATE_MS = 60_000;

/** @throws {ClientError} VALIDATION outside 1..MAX_DEPTH. */
export function checkDepth(depth: number | null | undefined): number {
  return inRange('depth', depth, 1, MAX_DEPTH);
}

/** @throws {ClientError} VALIDATION outside 0..MAX_CONFLATE_MS. */
export function checkConflation(conflateMs: number | null | undefined): number {
  return inRange('conflateMs', conflateMs, 0, MAX_CONFLATE_MS);
}

/** @throws {ClientError} VALIDATION for none or too many, NOT_FOUND for an instrument that the engine does not know. */
export function findMarkets(context: Context, ids: readonly string[]): readonly Market[] {
  const unique = [...new Set(ids)];
  inRange('number of instrumentIds', unique.length, 1, MAX_INSTRUMENTS, 'instrumentIds');
  return unique.map((id) => {
    const market = context.marketOf(id);
    if (!market) throw new ClientError('NOT_FOUND', `the engine knows no instrument ${JSON.stringify(id.slice(0, 80))}`, { field: ['instrumentIds'] });
    return market;
  });
}

function inRange(name: string, value: number | null | undefined, lowest: number, highest: number, field = name): number {
  if (typeof value === 'number' && value >= lowest && value <= highest) return value;
  throw new ClientError('VALIDATION', `${name} must be ${lowest}..${highest}, was ${value}`, { field: [field] });
}
