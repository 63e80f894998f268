// Chooses the bus by configuration: the embedded log in PostgreSQL unless a cluster names Kafka brokers.

import type { Logger } from '../logger.ts';
import type { EventBus } from './event-bus.ts';
import { createKafkaEventBus } from './kafka-event-bus.ts';
import { createPostgresEventBus } from './postgres-event-bus.ts';

export interface EventBusConfig {
  readonly databaseUrl: string;
  /** `host:port,host:port` of a cluster. */
  readonly kafkaBrokers?: string | undefined;
  /** Hears what the Kafka client complains about. */
  readonly logger?: Logger;
}

export async function openEventBus(config: EventBusConfig): Promise<EventBus> {
  if (config.kafkaBrokers) return createKafkaEventBus({ brokers: config.kafkaBrokers, logger: config.logger });
  return createPostgresEventBus({ url: config.databaseUrl });
}
