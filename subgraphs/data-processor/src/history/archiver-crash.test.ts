import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { createPool } from '@mib/service/database';
import { startLineProcess } from '@mib/testkit/line-process';
import type { TestDatabase } from '@mib/testkit/test-database';
import { testDatabase } from '@mib/testkit/test-database';
import type { StoredTrade } from '../domain/stored-trade.ts';
import { writeTrades } from '../store/trade-rows.ts';
import { Duck } from './duck.ts';
import { Readers } from './readers.ts';
import { RowBudget } from './row-budget.ts';
import { TradeHistory } from './trade-history.ts';

const ENTRY = fileURLToPath(new URL('../test-processes/archive.js', import.meta.url));
const NOW_MS = Date.UTC(2026, 10, 22, 12);
const TRADES = 3_000;
const KILLS = 5;

let database: TestDatabase;
let pool: pg.Pool;
let duck: Duck;
const directory = mkdtempSync(path.join(tmpdir(), 'mib-crash-'));

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, { max: 3, applicationName: 'test' });
  duck = new Duck(directory);
});
afterAll(async () => {
  await duck[Symbol.asyncDispose]();
  await pool.end();
  await database[Symbol.asyncDispose]();
});

describe('an archiver that is killed at any moment', () => {
  it('loses no trade and doubles none, for whoever reads meanwhile and at the end', async () => {
    const client = await pool.connect();
    const written = Array.from({ length: TRADES }, (_, index) => trade(index));
    await writeTrades(client, written);
    client.release();
    const history = new TradeHistory({ pool, duck, directory, readers: new Readers(), budget: new RowBudget(1_000) });
    const expected = written.map((each) => Number(each.sequence)).sort((a, b) => b - a);
    const whole = async () => (await history.page('SPY.XNYS', { fromNs: null, beforeNs: null, after: null, source: null, limit: TRADES + 10 })).map((each) => Number(each.sequence));
    for (let kill = 0; kill < KILLS; kill++) {
      const archiver = await startLineProcess({ command: process.execPath, arguments: [ENTRY, database.url, directory, String(NOW_MS)], stream: 'stdout', ready: (line) => (line === 'ready' ? line : undefined) });
      await somePartitions(await partitions(), 1 + (kill % 3));
      await archiver.stop('SIGKILL');
      // The killed session may hold its transaction for a moment; a reader sees the database as it was before.
      expect(sorted(await whole())).toEqual(expected);
    }
    const last = await startLineProcess({ command: process.execPath, arguments: [ENTRY, database.url, directory, String(NOW_MS)], stream: 'stdout', ready: (line) => (line === 'done' ? line : undefined) });
    await last.stop('SIGKILL');
    expect(sorted(await whole())).toEqual(expected);
    expect((await pool.query<{ n: number }>('select count(*)::int as n from processor.trades')).rows[0]!.n).toBe(0);
    const files = await pool.query<{ file: string }>('select file from processor.partitions');
    expect(readdirSync(directory).filter((name) => name.endsWith('.parquet')).sort()).toEqual(files.rows.map((row) => row.file).sort());
  });
});

function trade(index: number): StoredTrade {
  const timeNs = BigInt(NOW_MS - 40 * 86_400_000 + (index % 60) * 3_600_000) * 1_000_000n + BigInt(index);
  return { instrumentId: 'SPY.XNYS', source: 'LIVE', origin: 'engine', timeNs, sequence: BigInt(index), price: { units: 100n, scale: 2 }, quantity: { units: 1n, scale: 0 }, side: 1 };
}

function sorted(sequences: number[]): number[] {
  return sequences.sort((a, b) => b - a);
}

async function partitions(): Promise<number> {
  return Number((await pool.query<{ n: string }>('select coalesce(max(id), 0) as n from processor.partitions')).rows[0]!.n);
}

/** Resolves once the archiver has committed some more files. */
async function somePartitions(before: number, more: number): Promise<void> {
  while ((await partitions()) < before + more && (await pool.query('select 1 from processor.trades limit 1')).rowCount! > 0);
}
