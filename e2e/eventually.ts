// For facts that arrive by themselves but announce nothing, such as a restarted process: asks again until it holds.

import { setTimeout as pause } from 'node:timers/promises';

const INTERVAL_MS = 100;

/** @throws the last failure when `attempt` has not passed within `withinMs`. */
export async function eventually<T>(attempt: () => Promise<T>, withinMs: number): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await pause(INTERVAL_MS);
    }
  }
}
