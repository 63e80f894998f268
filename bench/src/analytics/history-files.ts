// A history of any number of rows, written by the code that the archiver writes with: candles of minutes and trades of
// twenty instruments, in files of half a million rows, every figure computed from its place so that answers can be checked.

import { randomUUID } from 'node:crypto';
import { addInstruments } from '@mib/data-processor/store/instrument-directory';
import { ARCHIVE_LIMITS } from '@mib/data-processor/history/archiver';
import { Duck } from '@mib/data-processor/history/duck';
import { writePartition } from '@mib/data-processor/history/write-partition';
import type { PartitionKind } from '@mib/data-processor/store/partitions';
import { intervalStart, nextIntervalStart } from '@mib/model/interval';
import { createPool, inTransaction } from '@mib/service/database';

export const INSTRUMENTS = 20;
/** The history ends here, whatever its length. */
export const END_MS = Date.UTC(2024, 0, 1);
/** One trade of each instrument. */
const TRADE_EVERY_MS = 7_000;
const MINUTE_MS = 60_000;
/** The rest are trades. */
const CANDLE_SHARE = 0.1;

export interface HistorySize {
  readonly rows: number;
  /** Of one instrument. */
  readonly candles: number;
  readonly trades: number;
}

export function sizeOf(rows: number): HistorySize {
  const candles = Math.round((rows * CANDLE_SHARE) / INSTRUMENTS);
  return { rows, candles, trades: rows / INSTRUMENTS - candles };
}

export function instrumentId(number: number): string {
  return `I${String(number).padStart(3, '0')}.XSIM`;
}

/** Cents of the close of the minute `minute` of the epoch: no walk, so that any one can be computed. */
export function closeCents(instrument: number, minute: number): number {
  return 20_000 + instrument * 100 + (minute % 1_009) + (minute % 7);
}

/** Writes the files into `directory` and names them in the manifest. */
export async function writeHistory(databaseUrl: string, directory: string, size: HistorySize): Promise<void> {
  const pool = createPool(databaseUrl, { max: 1, applicationName: 'bench' });
  await using duck = new Duck(directory);
  try {
    await inTransaction(pool, async (client) => {
      await addInstruments(client, Array.from({ length: INSTRUMENTS }, (_, index) => ({ id: instrumentId(index), name: null, currency: 'USD', calendar: null })));
      await writeRows('candles', MINUTE_MS, size.candles);
      await writeRows('trades', TRADE_EVERY_MS, size.trades);

      async function writeRows(kind: PartitionKind, stepMs: number, count: number): Promise<void> {
        const perFile = Math.floor(ARCHIVE_LIMITS.maxRows / INSTRUMENTS);
        for (let fromMs = END_MS - count * stepMs; fromMs < END_MS; ) {
          const monthMs = intervalStart('MO1', fromMs);
          const nextMonthMs = nextIntervalStart('MO1', monthMs);
          const stepsLeft = Math.ceil((Math.min(END_MS, nextMonthMs) - fromMs) / stepMs);
          const steps = Math.min(perFile, stepsLeft);
          const toMs = fromMs + steps * stepMs;
          await writePartition(client, { duck, directory }, { kind, monthMs, unique: randomUUID(), rows: steps * INSTRUMENTS, from: `(${ROWS[kind]} from range(${INSTRUMENTS}) a(i), range(${fromMs}, ${toMs}, ${stepMs}) b(t))` });
          fromMs = toMs;
        }
      }
    });
  } finally {
    await pool.end();
  }
}

const ID = `'I' || lpad(i::varchar, 3, '0') || '.XSIM'`;
const CENTS = `(20000 + i * 100 + ((t // ${MINUTE_MS}) % 1009) + ((t // ${MINUTE_MS}) % 7))`;

function decimal(cents: string): string {
  return `((${cents}) // 100)::varchar || '.' || lpad(((${cents}) % 100)::varchar, 2, '0')`;
}

const ROWS: Readonly<Record<PartitionKind, string>> = {
  trades: `select ${ID} as instrument_id, 'HISTORY' as source, 'b0b' as origin, t * 1000000 as time_ns, t // 1000 as sequence, ${CENTS} as price_units, 2::tinyint as price_scale, 1 + hash(i, t) % 900 as quantity_units, 0::tinyint as quantity_scale, ((t // 1000) % 3 - 1)::tinyint as side`,
  candles: `select ${ID} as instrument_id, 'M1' as interval, t as open_time_ms, 'HISTORY' as source, ${decimal(`${CENTS} - 3`)} as open, ${decimal(`${CENTS} + 9`)} as high, ${decimal(`${CENTS} - 11`)} as low, ${decimal(CENTS)} as close,
    (100 + hash(i, t) % 90000)::varchar as volume, null::varchar as turnover, null::integer as trades, 0 as revision, false as derived, t * 1000000 as first_time_ns, 0::bigint as first_sequence, t * 1000000 as last_time_ns, 0::bigint as last_sequence, ${END_MS}::bigint as moved_ms`,
};
