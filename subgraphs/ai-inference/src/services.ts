// What lives as long as the process and every request shares.

import type pg from 'pg';
import type { LiveTopic } from '@mib/service/pubsub';
import type { Forecast } from './domain/forecast.ts';
import type { ModelRegistry } from './registry/model-registry.ts';

export interface Services {
  readonly pool: pg.Pool;
  readonly models: ModelRegistry;
  /** Newest forecasts as they are made. */
  readonly forecasts: LiveTopic<Forecast>;
}
