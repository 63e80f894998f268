// One line for an operation that took too long: what it was by name and hash, and where the time went. Never what it asked
// for: documents may hold literals, and variables are the clients' own.

import { createHash } from 'node:crypto';
import type { Logger } from '@mib/service/logger';
import type { SeenOperation } from './observer.ts';

/** When everything is slow, ten examples a second say so. */
const MAX_LINES_PER_SECOND = 10;

/** @param thresholdMs - 0: none is slow. */
export function createSlowOperationLog(logger: Pick<Logger, 'warn'>, thresholdMs: number): (seen: SeenOperation) => void {
  let second = 0;
  let lines = 0;
  return ({ operation, outcome, code, ms, stagesMs, fetches, traceId }) => {
    if (thresholdMs === 0 || ms < thresholdMs) return;
    const now = Math.floor(performance.now() / 1_000);
    if (now !== second) [second, lines] = [now, 0];
    if (lines++ >= MAX_LINES_PER_SECOND) return;
    const what = operation && { kind: operation.kind, operation: operation.name, hash: createHash('sha256').update(operation.key).digest('hex') };
    logger.warn({ ...what, outcome, code, ms: rounded(ms), stagesMs: eachRounded(stagesMs), fetches, traceId }, 'slow operation');
  };
}

function eachRounded(stagesMs: SeenOperation['stagesMs']): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(stagesMs).map(([stage, ms]) => [stage, rounded(ms)]));
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
