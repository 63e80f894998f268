// What every resolver may use: who asks, batched reads, and the few long-lived parts of the service.

import type { EngineClient } from '@mib/proto/engine-client';
import type { RequestContext } from '@mib/service/subgraph-server';
import type pg from 'pg';
import type { AccountOpening } from './accounts/account-opening.ts';
import type { Loaders } from './loaders.ts';
import type { Projection } from './projection/projection.ts';
import type { Telemetry } from './telemetry.ts';

export interface Services {
  readonly pool: pg.Pool;
  readonly engine: EngineClient;
  readonly projection: Projection;
  readonly opening: AccountOpening;
  readonly telemetry: Telemetry;
}

export interface Context extends RequestContext {
  readonly services: Services;
  readonly loaders: Loaders;
  /** Engine event that was applied when the request began; everything the request reads is at least that new. */
  readonly appliedAtStart: number;
}
