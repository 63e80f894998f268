// How long to wait before trying again: a random time below a bound that doubles, so that a thousand clients that lost
// one router do not all come back in the same instant ("full jitter").

import type { BackOffOptions } from './client-options.ts';

export const DEFAULT_BACK_OFF: BackOffOptions = { baseMs: 250, maxMs: 15_000, maxAttempts: Infinity, random: Math.random };

/** @param failures - in a row so far, at least 1. */
export function waitMs(failures: number, { baseMs, maxMs, random }: BackOffOptions): number {
  return random() * Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
}

/** Resolves after `ms`, or at once when the signal fires. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish, { once: true });
  });
}
