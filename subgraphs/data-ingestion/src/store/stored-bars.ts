// Imported bars as they are stored, for whoever looks at their quality.

import type pg from 'pg';
import type { Interval } from '@mib/model/interval';

/** Prices are canonical decimal text. */
export interface StoredBar {
  readonly openTime: Date;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
}

export interface BarRange {
  /** Both included. */
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  readonly limit: number;
}

/** The newest bars of the range, oldest first. */
export async function storedBars(pool: pg.Pool, instrumentNumber: number, interval: Interval, { from, to, limit }: BarRange): Promise<readonly StoredBar[]> {
  const { rows } = await pool.query<StoredBar>(
    `select open_time as "openTime", trim_scale(open)::text as open, trim_scale(high)::text as high, trim_scale(low)::text as low, trim_scale(close)::text as close
     from ingestion.bars where instrument_number = $1 and "interval" = $2 and ($3::timestamptz is null or open_time >= $3) and ($4::timestamptz is null or open_time <= $4)
     order by open_time desc limit $5`,
    [instrumentNumber, interval, from ?? null, to ?? null, limit],
  );
  return rows.reverse();
}
