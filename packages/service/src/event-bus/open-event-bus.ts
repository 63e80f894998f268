// Chooses the bus by configuration: the embedded log in PostgreSQL unless a cluster names Kafka brokers.

import type { EventBus } from './event-bus.ts';
import { createPostgresEventBus } from './postgres-event-bus.ts';

export interface EventBusConfig {
  readonly databaseUrl: string;
  /** `host:port,host:port` of a cluster. */
  readonly kafkaBrokers?: string | undefined;
}

export async function openEventBus(config: EventBusConfig): Promise<EventBus> {
  if (config.kafkaBrokers) throw new Error('KAFKA_BROKERS is not supported by this version; leave it empty for the embedded event log');
  return createPostgresEventBus({ url: config.databaseUrl });
}
