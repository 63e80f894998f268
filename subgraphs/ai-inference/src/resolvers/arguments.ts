// Arguments checked at the door; every refusal names the value.

import { ClientError } from '@mib/service/errors';
import type { Context } from '../context.ts';

export const MAX_PAGE = 500;
const MAX_INSTRUMENTS = 500;
const CURSOR_PREFIX = 'forecast:';

/** @throws {ClientError} VALIDATION. */
export function checkFirst(first: number): number {
  if (first >= 1 && first <= MAX_PAGE) return first;
  throw new ClientError('VALIDATION', `first must be 1..${MAX_PAGE}, was ${first}`, { field: ['first'] });
}

/** The volatility model asked for, by default the current one. @throws {ClientError} VALIDATION. */
export async function volatilityModelId({ model, services }: Context, modelId: string | null | undefined): Promise<string> {
  const current = services.models.volatility.manifest.id;
  if (modelId === undefined || modelId === null || modelId === current) return current;
  if ((await model.load(modelId))?.kind === 'VOLATILITY') return modelId;
  throw new ClientError('VALIDATION', `modelId must be a volatility model, was ${JSON.stringify(modelId.slice(0, 80))}`, { field: ['modelId'] });
}

/** Undefined means all of them. @throws {ClientError} VALIDATION. */
export function instrumentFilter(instrumentIds: readonly string[] | null | undefined): ReadonlySet<string> | undefined {
  if (instrumentIds === undefined || instrumentIds === null) return undefined;
  if (instrumentIds.length >= 1 && instrumentIds.length <= MAX_INSTRUMENTS) return new Set(instrumentIds);
  throw new ClientError('VALIDATION', `instrumentIds must be 1..${MAX_INSTRUMENTS} ids, were ${instrumentIds.length}`, { field: ['instrumentIds'] });
}

/** @throws {ClientError} VALIDATION. */
export function checkConfidence(minConfidence: number): number {
  if (minConfidence >= 0 && minConfidence <= 1) return minConfidence;
  throw new ClientError('VALIDATION', `minConfidence must be 0..1, was ${minConfidence}`, { field: ['minConfidence'] });
}

export function encodeCursor(asOfMs: number): string {
  return Buffer.from(`${CURSOR_PREFIX}${asOfMs}`).toString('base64url');
}

/** @throws {ClientError} VALIDATION unless it is a cursor of this list. */
export function decodeCursor(cursor: string): number {
  const [, digits] = /^forecast:(-?\d{1,14})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (digits === undefined) throw new ClientError('VALIDATION', `after must be a cursor of this list, was ${JSON.stringify(cursor.slice(0, 80))}`, { field: ['after'] });
  return Number(digits);
}
