import { setTimeout as delay } from 'node:timers/promises';

/** Resolves after `ms` or at the abort of `signal`, whichever is first; never rejects, keeps no process alive. */
export async function pause(ms: number, signal: AbortSignal): Promise<undefined> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
  return undefined;
}
