// Where a `latest` group begins. Kafka would look for the end of a partition at each start until something is committed,
// and so lose what was published while a young group was away; the end is therefore stored as the group's position the
// first time one of its members is given the partition.

import type { Admin, Consumer } from 'kafkajs';

export interface FirstOffsetsOptions {
  /** Running, and paused on the partitions. */
  readonly consumer: Consumer;
  readonly admin: Admin;
  readonly groupId: string;
  readonly topic: string;
  readonly partitions: readonly number[];
}

const NOT_STORED = '-1';

export async function storeFirstOffsets({ consumer, admin, groupId, topic, partitions }: FirstOffsetsOptions): Promise<void> {
  const [stored] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const known = new Set(stored?.partitions.filter(({ offset }) => offset !== NOT_STORED).map(({ partition }) => partition));
  const missing = partitions.filter((partition) => !known.has(partition));
  if (missing.length === 0) return;
  const ends = await admin.fetchTopicOffsets(topic);
  const first = ends.filter(({ partition }) => missing.includes(partition)).map(({ partition, high }) => ({ topic, partition, offset: high }));
  await consumer.commitOffsets(first);
  for (const position of first) consumer.seek(position);
}
