// Ticks to candles of one second: the kernel over typed arrays, one thread, against DuckDB in memory, which groups the same
// rows with one thread and with two. Every candle of both sides is compared, in every run.

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { UTC_CLOCK } from '@mib/data-processor/domain/candle-clock';
import { aggregateTicks, type TickCandle, type TickColumns } from '@mib/data-processor/domain/tick-candles';
import { compare, type BenchRow } from '../harness.ts';

const RUNS = 5;
const ROWS = 5_000_000;
const STEP_NS = 8_000;
const DUCKDB_THREADS = [1, 2];
const BY_SECOND = `
  SELECT ns // 1000000000 AS second, arg_min(price, ns), max(price), min(price), arg_max(price, ns),
         sum(quantity)::HUGEINT, sum(price * quantity)::HUGEINT, count(*)
  FROM ticks GROUP BY second ORDER BY second`;

export async function run(): Promise<BenchRow[]> {
  const columns = seededTicks();
  const expected = textOf(ourCandles(columns));
  const rows: BenchRow[] = [];
  for (const threads of DUCKDB_THREADS) rows.push(await againstDuckDb(columns, expected, threads));
  return rows;
}

async function againstDuckDb(columns: TickColumns, expected: string, threads: number): Promise<BenchRow> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  try {
    await fill(connection, columns);
    return await compare({
      name: `ticks to candles of a second, DuckDB with ${threads} of its threads`, peerName: 'DuckDB in memory', unit: 'M rows/s', better: 'higher', runs: RUNS,
      note: `${ROWS} ticks in order of time, 125 a millisecond; every candle of every run equal: prices, exact volume and turnover, trades; ours one thread; the reading of DuckDB's result is counted`,
      ours: () => timed(expected, () => ourCandles(columns)),
      peer: () => timedPeer(expected, connection),
    });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function ourCandles(columns: TickColumns): readonly TickCandle[] {
  return aggregateTicks(columns, (timeMs) => UTC_CLOCK.bucket('S1', timeMs));
}

function timed(expected: string, aggregate: () => readonly TickCandle[]): number {
  const startedMs = performance.now();
  const candles = aggregate();
  const tookMs = performance.now() - startedMs;
  check(expected, textOf(candles));
  return ROWS / 1_000 / tookMs;
}

async function timedPeer(expected: string, connection: DuckDBConnection): Promise<number> {
  const startedMs = performance.now();
  const rows = (await connection.runAndReadAll(BY_SECOND)).getRows();
  const tookMs = performance.now() - startedMs;
  check(expected, rows.map((row) => row.slice(1).join(' ')).join('\n'));
  return ROWS / 1_000 / tookMs;
}

function textOf(candles: readonly TickCandle[]): string {
  return candles.map(({ open, high, low, close, volume, turnover, trades }) => [open, high, low, close, volume, turnover, trades].join(' ')).join('\n');
}

function check(expected: string, found: string): void {
  if (found !== expected) throw new Error('the candles differ');
}

async function fill(connection: DuckDBConnection, { offsetsNs, prices, quantities }: TickColumns): Promise<void> {
  await connection.run('CREATE TABLE ticks (ns BIGINT, price BIGINT, quantity BIGINT)');
  const appender = await connection.createAppender('ticks');
  for (let row = 0; row < ROWS; row++) {
    for (const column of [offsetsNs, prices, quantities]) appender.appendBigInt(BigInt(column[row]!));
    appender.endRow();
  }
  appender.closeSync();
}

/** A walk of prices by a linear congruence (the constants of ANSI C's rand), the same in every run. */
function seededTicks(): TickColumns {
  const [offsetsNs, prices, quantities] = [new Float64Array(ROWS), new Float64Array(ROWS), new Float64Array(ROWS)];
  let state = 12_345;
  const next = (below: number): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) % below;
  for (let row = 0, price = 2_800_000; row < ROWS; row++) {
    price += next(21) - 10;
    offsetsNs[row] = row * STEP_NS;
    prices[row] = price;
    quantities[row] = 1 + next(500);
  }
  return { offsetsNs, prices, quantities, baseTimeNs: BigInt(Date.UTC(2024, 0, 2)) * 1_000_000n, priceScale: 4, quantityScale: 0 };
}
