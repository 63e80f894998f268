// What every resolver may use: who asks, batched reads, and the few long-lived parts of the service.

import type { LiveTopic } from '@mib/service/pubsub';
import type { RequestContext } from '@mib/service/subgraph-server';
import type pg from 'pg';
import type { TradingStateVersion } from './domain/intent.ts';
import type { Enforcement } from './enforcement/enforcement.ts';
import type { Loaders } from './loaders.ts';
import type { Projection } from './projection/projection.ts';
import type { StoredAlert } from './store/alert-store.ts';

export interface Services {
  readonly pool: pg.Pool;
  readonly projection: Pick<Projection, 'instruments'>;
  readonly enforcement: Pick<Enforcement, 'enforce'>;
  /** Alerts as they are announced. */
  readonly alerts: LiveTopic<StoredAlert>;
  /** Trading states as they come into force. */
  readonly tradingStates: LiveTopic<TradingStateVersion>;
  readonly now: () => number;
}

export interface Context extends RequestContext {
  readonly services: Services;
  readonly loaders: Loaders;
}
