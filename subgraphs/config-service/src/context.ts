// What every resolver may use: who asks, batched reads, and the few long-lived parts of the service.

import type { LiveTopic } from '@mib/service/pubsub';
import type { Sealer } from '@mib/service/sealer';
import type { RequestContext } from '@mib/service/subgraph-server';
import type { KnownKeys } from './domain/known-keys.ts';
import type { Loaders } from './loaders.ts';
import type { EntryStore } from './store/entry-store.ts';
import type { Telemetry } from './telemetry.ts';

export interface Services {
  readonly keys: KnownKeys;
  readonly store: EntryStore;
  readonly sealer: Sealer;
  /** Says after each commit that there may be new versions. */
  readonly news: LiveTopic<true>;
  readonly telemetry: Telemetry;
}

export interface Context extends RequestContext {
  readonly services: Services;
  readonly loaders: Loaders;
}
