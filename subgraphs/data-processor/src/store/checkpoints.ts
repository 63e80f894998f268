// How far each stream has been applied, moved in the transaction that applies it. Locking the row first makes a second
// process that follows the same stream wait, see what is done and skip it: nothing is ever counted twice.

import type pg from 'pg';
import type { TimestampNs } from '@mib/model/timestamp';

export interface Checkpoint {
  /** Last applied sequence or offset; -1 before the first, for engine sequences begin at 1 and bus offsets at 0. */
  readonly position: bigint;
  readonly watermarkNs: TimestampNs;
}

export const ENGINE_STREAM = 'engine';

export function busStream(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

export async function lockCheckpoint(client: pg.ClientBase, stream: string): Promise<Checkpoint> {
  const lock = () => client.query<CheckpointRow>('select position, watermark_ns from processor.checkpoints where stream = $1 for update', [stream]);
  const present = await lock();
  if (present.rows[0]) return checkpointOf(present.rows[0]);
  await client.query('insert into processor.checkpoints (stream, position) values ($1, -1) on conflict do nothing', [stream]);
  return checkpointOf((await lock()).rows[0]);
}

export async function readCheckpoint(pool: pg.Pool | pg.ClientBase, stream: string): Promise<Checkpoint> {
  const { rows } = await pool.query<CheckpointRow>('select position, watermark_ns from processor.checkpoints where stream = $1', [stream]);
  return checkpointOf(rows[0]);
}

export async function moveCheckpoint(client: pg.ClientBase, stream: string, { position, watermarkNs }: Checkpoint): Promise<void> {
  await client.query('update processor.checkpoints set position = $2, watermark_ns = $3 where stream = $1', [stream, position, watermarkNs]);
}

interface CheckpointRow {
  readonly position: string;
  readonly watermark_ns: string;
}

function checkpointOf(row: CheckpointRow | undefined): Checkpoint {
  return row ? { position: BigInt(row.position), watermarkNs: BigInt(row.watermark_ns) } : { position: -1n, watermarkNs: 0n };
}
