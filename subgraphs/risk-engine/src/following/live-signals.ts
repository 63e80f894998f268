// One LISTEN session for everything that other parts or replicas of this service commit. A session that comes back after a
// loss says so: whoever caches starts over, since a signal may have been missed.

import { backOff } from '@mib/service/back-off';
import { PostgresSession } from '@mib/service/postgres-session';
import { CHANNEL, type Signal } from '../store/signals.ts';

const RECONNECT = { firstMs: 100, maxMs: 5_000 };

export interface LiveSignalsOptions {
  readonly databaseUrl: string;
  /** Must not throw. */
  readonly onSignal: (signal: Signal) => void;
  readonly onGap: () => void;
}

export interface LiveSignals extends AsyncDisposable {
  /** Resolves once the first session listens. */
  readonly ready: Promise<void>;
  readonly problem: string | undefined;
}

export function startLiveSignals({ databaseUrl, onSignal, onGap }: LiveSignalsOptions): LiveSignals {
  const stopping = new AbortController();
  let problem: string | undefined;
  let becomeReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (becomeReady = resolve));

  async function listen(): Promise<void> {
    for (let [failures, sessions] = [0, 0]; !stopping.signal.aborted; ) {
      try {
        await using session = await PostgresSession.open(databaseUrl, 'risk-engine live', (_, payload) => onSignal(JSON.parse(payload) as Signal));
        await session.query(`listen ${CHANNEL}`);
        [failures, problem] = [0, undefined];
        if (sessions++ > 0) onGap();
        becomeReady();
        await aborted(AbortSignal.any([session.lost, stopping.signal]));
        problem = 'connection to the database was lost';
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
      }
      if (!stopping.signal.aborted) await backOff((failures += 1), { ...RECONNECT, signal: stopping.signal });
    }
    becomeReady();
  }

  const listening = listen();
  return {
    ready,
    get problem() {
      return problem;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await listening;
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
