// One file of the history: rows of one month, in the order in which they are read, on disk before the manifest names them.

import path from 'node:path';
import type pg from 'pg';
import type { PartitionKind } from '../store/partitions.ts';
import { addPartition } from '../store/partitions.ts';
import type { Duck } from './duck.ts';
import { literal } from './duck.ts';
import { partitionName, writeDurably } from './partition-files.ts';

const ORDER: Readonly<Record<PartitionKind, string>> = { trades: 'instrument_id, time_ns, sequence, origin', candles: 'instrument_id, interval, open_time_ms, source' };
/** The newest word on a candle stays. */
const DISTINCT: Readonly<Record<PartitionKind, string>> = { trades: '', candles: 'qualify row_number() over (partition by instrument_id, interval, open_time_ms, source order by moved_ms desc, revision desc) = 1' };
const SERIES: Readonly<Record<PartitionKind, string>> = {
  trades: `instrument_id, 'trades' as series, min(time_ns // 1000000) as lowest, max(time_ns // 1000000) as highest`,
  candles: 'instrument_id, interval as series, min(open_time_ms) as lowest, max(open_time_ms) as highest',
};

/** A page decodes one or two of these; larger ones cost every page, smaller ones memory while they are written. */
const ROW_GROUP_ROWS = 32_768;

export interface PartitionSource {
  readonly kind: PartitionKind;
  readonly monthMs: number;
  /** Makes the file's name one of its own. */
  readonly unique: string;
  /** How many the file must hold, or null where duplicates may go. */
  readonly rows: number | null;
  /** What DuckDB reads the rows from, with the columns of PARTITION_COLUMNS. */
  readonly from: string;
}

/**
 * Writes a file and its rows of the manifest, which count once the caller commits.
 *
 * @throws {Error} when the file does not hold `rows`.
 */
export async function writePartition(client: pg.ClientBase, { duck, directory }: { readonly duck: Duck; readonly directory: string }, { kind, monthMs, unique, rows, from }: PartitionSource): Promise<void> {
  const file = partitionName(kind, monthMs, unique);
  const bytes = await writeDurably(directory, file, (temporary) =>
    duck.run(`copy (select * from ${from} ${DISTINCT[kind]} order by ${ORDER[kind]}) to ${literal(temporary)} (format parquet, compression zstd, row_group_size ${ROW_GROUP_ROWS})`));
  const series = await duck.rows<{ instrument_id: string; series: string; lowest: bigint; highest: bigint; n: bigint }>(
    `select ${SERIES[kind]}, count(*) as n from read_parquet(${literal(path.join(directory, file))}) group by all`);
  const written = series.reduce((sum, each) => sum + Number(each.n), 0);
  if (rows !== null && written !== rows) throw new Error(`${file} holds ${written} rows, ${rows} were moved`);
  await addPartition(client, {
    kind, monthMs, file, rows: written, bytes,
    series: series.map((each) => ({ instrumentId: each.instrument_id, series: each.series, minTimeMs: Number(each.lowest), maxTimeMs: Number(each.highest) })),
  });
}
