// Candles as rows: read by exact keys, written in one statement. Decimals travel as text without trailing zeros.

import type pg from 'pg';
import type { Interval } from '@mib/model/interval';
import type { Decimal } from '@mib/model/decimal';
import { formatDecimal, parseDecimal } from '@mib/model/decimal';
import type { CandleKey, CandleSource, StoredCandle } from '../domain/stored-candle.ts';

export const CANDLE_COLUMNS = `c.instrument_id, c.interval, c.open_time, c.source, c.revision, c.derived, c.trades,
  trim_scale(c.open)::text as open, trim_scale(c.high)::text as high, trim_scale(c.low)::text as low, trim_scale(c.close)::text as close,
  trim_scale(c.volume)::text as volume, trim_scale(c.turnover)::text as turnover,
  c.first_time_ns, c.first_sequence, c.last_time_ns, c.last_sequence`;

export interface CandleRow {
  readonly instrument_id: string;
  readonly interval: Interval;
  readonly open_time: Date;
  readonly source: CandleSource;
  readonly revision: number;
  readonly derived: boolean;
  readonly trades: number | null;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string | null;
  readonly turnover: string | null;
  readonly first_time_ns: string;
  readonly first_sequence: string;
  readonly last_time_ns: string;
  readonly last_sequence: string;
}

export function candleOfRow(row: CandleRow): StoredCandle {
  return {
    instrumentId: row.instrument_id,
    interval: row.interval,
    openTimeMs: row.open_time.getTime(),
    source: row.source,
    revision: row.revision,
    derived: row.derived,
    trades: row.trades,
    open: parseDecimal(row.open),
    high: parseDecimal(row.high),
    low: parseDecimal(row.low),
    close: parseDecimal(row.close),
    volume: row.volume === null ? null : parseDecimal(row.volume),
    turnover: row.turnover === null ? null : parseDecimal(row.turnover),
    first: { timeNs: BigInt(row.first_time_ns), sequence: Number(row.first_sequence) },
    last: { timeNs: BigInt(row.last_time_ns), sequence: Number(row.last_sequence) },
  };
}

/** Lateral with `offset 0`: one index look-up a key, where the planner would otherwise scan the table for a few hundred keys. */
export async function readCandlesByKey(client: pg.ClientBase, source: CandleSource, keys: readonly CandleKey[]): Promise<StoredCandle[]> {
  if (keys.length === 0) return [];
  const { rows } = await client.query<CandleRow>(
    `select ${CANDLE_COLUMNS} from unnest($2::text[], $3::text[], $4::timestamptz[]) k(instrument_id, interval, open_time)
     cross join lateral (select * from processor.candles c
       where c.instrument_id = k.instrument_id and c.interval = k.interval and c.open_time = k.open_time and c.source = $1 offset 0) c`,
    [source, keys.map((key) => key.instrumentId), keys.map((key) => key.interval), keys.map((key) => isoTime(key.openTimeMs))],
  );
  return rows.map(candleOfRow);
}

/** Inserts or replaces; keys must be distinct. */
export async function writeCandles(client: pg.ClientBase, candles: readonly StoredCandle[]): Promise<void> {
  if (candles.length === 0) return;
  const columns = WRITTEN.map(([, , value]) => candles.map(value));
  await client.query(WRITE, columns);
}

export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

type Column = readonly [name: string, type: string, value: (candle: StoredCandle) => unknown];
const WRITTEN: readonly Column[] = [
  ['instrument_id', 'text', (candle) => candle.instrumentId],
  ['interval', 'text', (candle) => candle.interval],
  ['open_time', 'timestamptz', (candle) => isoTime(candle.openTimeMs)],
  ['source', 'text', (candle) => candle.source],
  ['open', 'numeric', (candle) => formatDecimal(candle.open)],
  ['high', 'numeric', (candle) => formatDecimal(candle.high)],
  ['low', 'numeric', (candle) => formatDecimal(candle.low)],
  ['close', 'numeric', (candle) => formatDecimal(candle.close)],
  ['volume', 'numeric', (candle) => textOrNull(candle.volume)],
  ['turnover', 'numeric', (candle) => textOrNull(candle.turnover)],
  ['trades', 'int', (candle) => candle.trades],
  ['revision', 'int', (candle) => candle.revision],
  ['derived', 'boolean', (candle) => candle.derived],
  ['first_time_ns', 'bigint', (candle) => candle.first.timeNs],
  ['first_sequence', 'bigint', (candle) => candle.first.sequence],
  ['last_time_ns', 'bigint', (candle) => candle.last.timeNs],
  ['last_sequence', 'bigint', (candle) => candle.last.sequence],
  ['touched_at', 'timestamptz', () => TOUCHED],
];
/** Read by the server as the moment of the transaction. */
const TOUCHED = 'now';
const KEY_COLUMNS = 4;
const NAMES = WRITTEN.map(([name]) => name);
const WRITE = `insert into processor.candles (${NAMES.join(', ')})
  select * from unnest(${WRITTEN.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ')})
  on conflict (${NAMES.slice(0, KEY_COLUMNS).join(', ')}) do update set ${NAMES.slice(KEY_COLUMNS).map((name) => `${name} = excluded.${name}`).join(', ')}`;

function textOrNull(value: Decimal | null): string | null {
  return value && formatDecimal(value);
}
