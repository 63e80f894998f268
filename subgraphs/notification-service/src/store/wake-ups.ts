// Tells this process which users have new notifications, whichever process made them: the commit that stores one sends a
// PostgreSQL notification. After a lost connection everybody is woken once, since news may have been missed.

import { backOff } from '@mib/service/back-off';
import { PostgresSession } from '@mib/service/postgres-session';
import { LiveTopic } from '@mib/service/pubsub';
import { WAKE_CHANNEL } from './inbox.ts';

/** A user id, or EVERYBODY. */
export type WakeUp = string | typeof EVERYBODY;
export const EVERYBODY = Symbol('everybody');

const RETRY = { firstMs: 100, maxMs: 5_000 };

export class WakeUps implements AsyncDisposable {
  readonly topic = new LiveTopic<WakeUp>();
  readonly #url: string;
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;
  #failure: string | undefined = 'not listening yet';

  constructor(url: string) {
    this.#url = url;
    this.#done = this.#run();
  }

  /** Why nothing is heard, while that is so. */
  get failure(): string | undefined {
    return this.#failure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await this.#listen(() => (failures = 1));
      } catch (error) {
        this.#failure = error instanceof Error ? error.message : String(error);
      }
      await backOff(failures, { ...RETRY, signal });
    }
  }

  async #listen(onListening: () => void): Promise<void> {
    await using session = await PostgresSession.open(this.#url, 'mib-notification-wake-ups', (_, userId) => this.topic.publish(userId));
    await session.query(`listen ${WAKE_CHANNEL}`);
    onListening();
    this.#failure = undefined;
    this.topic.publish(EVERYBODY);
    const ended = AbortSignal.any([session.lost, this.#stopping.signal]);
    if (!ended.aborted) await new Promise((resolve) => ended.addEventListener('abort', resolve, { once: true }));
    if (!this.#stopping.signal.aborted) throw new Error('connection lost');
  }
}
