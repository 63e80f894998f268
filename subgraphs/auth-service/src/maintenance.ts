// What has to happen although nobody asks: signing keys come and go on time, expired tokens and sessions leave. Runs one
// round at a time; a failed round is tried again at the next turn and shows on health meanwhile.

import type { Health } from '@mib/service/health';
import type { AuthServices } from './services.ts';
import { deleteExpired } from './store/sessions.ts';

/** Well within KEY_PUBLISHED_AHEAD_MS, so that every replica knows a new key before it signs. */
const INTERVAL_MS = 60_000;

export function startMaintenance(services: AuthServices, health: Health): AsyncDisposable {
  let problem: string | undefined;
  let round = Promise.resolve();
  health.check('maintenance', () => problem);
  const timer = setInterval(() => (round = round.then(() => once())), INTERVAL_MS);
  timer.unref();

  async function once(): Promise<void> {
    try {
      await maintain(services);
      problem = undefined;
    } catch (error) {
      problem = error instanceof Error ? error.message.split('\n')[0] : String(error);
      services.telemetry.maintenanceFailed(error);
    }
  }

  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await round;
    },
  };
}

export async function maintain(services: AuthServices): Promise<void> {
  const now = services.now();
  await services.keys.renew(now);
  await deleteExpired(services.prisma, now);
}
