// New forecasts for subscribers of this process, whichever replica computed them: PostgreSQL notifies at commit, the rows
// are read once and handed to all. While the session is down nothing is missed for good, since forecasts are stored.

import type pg from 'pg';
import { backOff } from '@mib/service/back-off';
import { LiveTopic } from '@mib/service/pubsub';
import { PostgresSession } from '@mib/service/postgres-session';
import type { Forecast } from '../domain/forecast.ts';
import { FORECAST_CHANNEL } from '../events.ts';
import { readForecasts } from '../store/forecast-rows.ts';
import type { Telemetry } from '../telemetry.ts';

/** Ids waiting to be read; beyond it the oldest are left to the next query. */
const MAX_PENDING = 10_000;
const MAX_READ = 500;
const RECONNECT = { firstMs: 100, maxMs: 5_000 };

export interface LiveForecasts extends AsyncDisposable {
  readonly forecasts: LiveTopic<Forecast>;
  /** Resolves once the first session listens. */
  readonly ready: Promise<void>;
  readonly problem: string | undefined;
}

export function startLiveForecasts(options: { readonly pool: pg.Pool; readonly databaseUrl: string; readonly telemetry: Telemetry }): LiveForecasts {
  const forecasts = new LiveTopic<Forecast>();
  const stopping = new AbortController();
  const pending = new Set<string>();
  let reading: Promise<void> = Promise.resolve();
  let problem: string | undefined;
  let becomeReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (becomeReady = resolve));

  function notified(id: string): void {
    if (forecasts.subscriberCount === 0) return;
    pending.add(id);
    if (pending.size > MAX_PENDING) pending.delete(pending.values().next().value!);
    if (pending.size === 1) reading = reading.then(publishPending).catch((error: unknown) => options.telemetry.liveFailed(error));
  }

  async function publishPending(): Promise<void> {
    while (pending.size > 0) {
      const ids = [...pending].slice(0, MAX_READ);
      for (const id of ids) pending.delete(id);
      for (const forecast of await readForecasts(options.pool, ids)) forecasts.publish(forecast);
    }
  }

  async function listen(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        await using session = await PostgresSession.open(options.databaseUrl, 'ai-inference live', (_, id) => notified(id));
        await session.query(`listen ${FORECAST_CHANNEL}`);
        [failures, problem] = [0, undefined];
        becomeReady();
        await aborted(AbortSignal.any([session.lost, stopping.signal]));
        problem = 'connection to the database was lost';
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
      }
      if (!stopping.signal.aborted) await backOff((failures += 1), { ...RECONNECT, signal: stopping.signal });
    }
  }

  const listening = listen();
  return {
    forecasts,
    ready,
    get problem() {
      return problem;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await listening;
      await reading;
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
