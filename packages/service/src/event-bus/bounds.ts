// What every adapter refuses before it asks its broker, so that a record fits all of them or none.

import { ClientError } from '../errors.ts';
import { MAX_BATCH, MAX_RECORD_BYTES, type BusRecord, type SubscribeOptions } from './event-bus.ts';

export const MAX_PARTITIONS = 64;
/** Key and headers of one record, in UTF-8. */
export const MAX_ENVELOPE_BYTES = 64_000;

export function checkTopic(topic: string, partitions: number): void {
  if (!/^[a-zA-Z0-9._-]{1,100}$/.test(topic)) throw new ClientError('VALIDATION', `topic must be 1..100 of a-z 0-9 . _ -, was ${JSON.stringify(topic)}`);
  if (!(partitions >= 1 && partitions <= MAX_PARTITIONS)) throw new ClientError('VALIDATION', `partitions must be 1..${MAX_PARTITIONS}, was ${partitions}`);
}

export function checkRecords(records: readonly BusRecord[]): void {
  if (records.length > MAX_BATCH) throw new ClientError('VALIDATION', `a batch must have at most ${MAX_BATCH} records, had ${records.length}`);
  for (const record of records) {
    const bytes = Buffer.byteLength(record.value);
    if (bytes > MAX_RECORD_BYTES) throw new ClientError('VALIDATION', `a record must have at most ${MAX_RECORD_BYTES} bytes, had ${bytes}`);
    const envelope = envelopeBytes(record);
    if (envelope > MAX_ENVELOPE_BYTES) throw new ClientError('VALIDATION', `key and headers must have at most ${MAX_ENVELOPE_BYTES} bytes, had ${envelope}`);
  }
}

export function checkSubscription({ batchSize = MAX_BATCH, topics }: SubscribeOptions): void {
  if (!(batchSize >= 1 && batchSize <= MAX_BATCH)) throw new ClientError('VALIDATION', `batchSize must be 1..${MAX_BATCH}, was ${batchSize}`);
  if (topics.length === 0) throw new ClientError('VALIDATION', 'topics must name at least one topic');
}

export function envelopeBytes({ key, headers = {} }: BusRecord): number {
  return Object.entries(headers).reduce((bytes, [name, value]) => bytes + Buffer.byteLength(name) + Buffer.byteLength(value), Buffer.byteLength(key));
}
