// Hears of commits, whichever process made them, through LISTEN. A lost connection is made again with back-off, and counts
// as news itself: something may have been committed meanwhile.

import { setTimeout as delay } from 'node:timers/promises';
import { backOff } from '@mib/service/back-off';
import { PostgresSession } from '@mib/service/postgres-session';
import { LiveTopic } from '@mib/service/pubsub';

export interface Commits extends AsyncDisposable {
  /** Says that there may be something new. */
  readonly news: LiveTopic<true>;
  /** Why nothing is heard at the moment, or undefined. */
  readonly problem: string | undefined;
}

const RETRY = { firstMs: 100, maxMs: 5_000 };
/** An unheard loss of the connection shows at the next statement. */
const PROBE_MS = 30_000;

export function listenToCommits(options: { readonly url: string; readonly channel: string; readonly applicationName: string }): Commits {
  const news = new LiveTopic<true>();
  const stopping = new AbortController();
  let problem: string | undefined = 'not connected yet';
  const listening = listen();

  async function listen(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        await using session = await PostgresSession.open(options.url, options.applicationName, () => news.publish(true));
        await session.query(`listen "${options.channel}"`);
        problem = undefined;
        failures = 0;
        news.publish(true);
        await untilLost(session);
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
      }
      failures += 1;
      await backOff(failures, { ...RETRY, signal: stopping.signal });
    }
  }

  async function untilLost(session: PostgresSession): Promise<void> {
    const over = AbortSignal.any([session.lost, stopping.signal]);
    while (!over.aborted) {
      await delay(PROBE_MS, undefined, { signal: over }).catch(() => undefined);
      if (!over.aborted) await session.query('select 1');
    }
    if (!stopping.signal.aborted) throw new Error('connection to the database was lost');
  }

  return {
    news,
    get problem() {
      return problem;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await listening;
    },
  };
}
