// Waiting longer after each failure, interruptibly. Jitter keeps many waiters from coming back at once.

import { setTimeout as delay } from 'node:timers/promises';

export interface BackOffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly signal?: AbortSignal;
}

/** Waits before the next try; ends early and quietly when the signal fires. @param attempt - failures so far, from 1. */
export async function backOff(attempt: number, { firstMs, maxMs, signal }: BackOffOptions): Promise<void> {
  const ceilingMs = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  const waitMs = ceilingMs / 2 + (Math.random() * ceilingMs) / 2;
  await delay(waitMs, undefined, { signal }).catch(() => undefined);
}
