// What a signal means for this process: an awaited account has come, an alert or a trading state goes to its subscribers,
// a history is to be read again. Rows are read once and handed to all; with nobody listening they are not read at all.

import { LiveTopic } from '@mib/service/pubsub';
import type pg from 'pg';
import type { TradingStateVersion } from '../domain/intent.ts';
import type { ReturnHistory } from '../portfolio/return-history.ts';
import { readAlerts, type StoredAlert } from '../store/alert-store.ts';
import { tradingStatesByVersions } from '../store/intent-store.ts';
import type { Signal } from '../store/signals.ts';
import type { Telemetry } from '../telemetry.ts';
import type { Arrivals } from './arrivals.ts';

/** Rows waiting to be read; beyond it they are left to the next query. */
const MAX_WAITING = 10_000;

export interface LiveRowsOptions {
  readonly pool: pg.Pool;
  readonly history: ReturnHistory;
  readonly accountArrivals: Arrivals;
  readonly onAccount: (accountNumber: number) => void;
  readonly telemetry: Telemetry;
}

export class LiveRows implements AsyncDisposable {
  readonly alerts = new LiveTopic<StoredAlert>();
  readonly tradingStates = new LiveTopic<TradingStateVersion>();
  readonly #options: LiveRowsOptions;
  #reading: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(options: LiveRowsOptions) {
    this.#options = options;
  }

  readonly take = (signal: Signal): void => {
    switch (signal.kind) {
      case 'account':
        this.#options.accountArrivals.arrived(signal.id);
        this.#options.accountArrivals.arrived(signal.number);
        return this.#options.onAccount(signal.number);
      case 'closes':
        return this.#options.history.forget(signal.instrumentId);
      case 'alert':
        return this.#read(this.alerts, () => readAlerts(this.#options.pool, [signal.id]));
      case 'trading-state':
        return this.#read(this.tradingStates, () => tradingStatesByVersions(this.#options.pool, [signal]));
    }
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading;
  }

  /** One after the other, so that subscribers see them in the order of the commits. */
  #read<T>(topic: LiveTopic<T>, read: () => Promise<readonly T[]>): void {
    if (topic.subscriberCount === 0 || this.#waiting >= MAX_WAITING) return;
    this.#waiting++;
    this.#reading = this.#reading
      .then(async () => {
        for (const row of await read()) topic.publish(row);
      })
      .catch((error: unknown) => this.#options.telemetry.liveFailed(error))
      .finally(() => this.#waiting--);
  }
}
