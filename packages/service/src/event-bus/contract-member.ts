// A group member in a process of its own, for the contract suite to kill. Reports over IPC: first `ready`, then the
// values of every batch it handled.

import { openEventBus, type EventBusConfig } from './open-event-bus.ts';

const { config, topic, group } = JSON.parse(process.argv[2] ?? '{}') as { config: EventBusConfig; topic: string; group: string };
const bus = await openEventBus(config);
const subscription = bus.subscribe({
  topics: [topic], group, from: 'earliest', batchSize: 5,
  handle: async (records) => void process.send?.(records.map((record) => record.value)),
});
await subscription.ready;
process.send?.('ready');
process.once('disconnect', () => process.exit(0));
