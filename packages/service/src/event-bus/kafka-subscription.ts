// A subscription on Kafka: one consumer per topic, in the Kafka group `<group>/<topic>`. kafkajs lets the group's leader
// assign its own topics to everybody, so members that share a group name but not their topics must not meet.

import type { BusSubscription } from './event-bus.ts';
import { startKafkaTopicReader, type KafkaTopicReaderOptions } from './kafka-topic-reader.ts';

export type KafkaSubscriptionOptions = Omit<KafkaTopicReaderOptions, 'topic'> & { readonly topics: readonly string[] };

export function startKafkaSubscription(options: KafkaSubscriptionOptions): BusSubscription & { readonly ended: Promise<void> } {
  const readers = [...new Set(options.topics)].map((topic) => startKafkaTopicReader({ ...options, topic }));
  return {
    ready: Promise.all(readers.map((reader) => reader.ready)).then(() => undefined),
    ended: Promise.all(readers.map((reader) => reader.ended)).then(() => undefined),
    get failure() {
      return readers.find((reader) => reader.failure)?.failure;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(readers.map((reader) => reader[Symbol.asyncDispose]()));
    },
  };
}
