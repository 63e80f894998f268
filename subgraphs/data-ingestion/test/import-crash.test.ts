// data-ingestion as a real process that is killed with -9 in the middle of an import, twice: what arrives on the bus is
// every trade of the file once.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { lobsterLines } from '@mib/data-ingestion/connectors/file-import/synthetic/lobster-files';
import { createPostgresEventBus } from '@mib/service/event-bus/postgres-event-bus';
import { signViewer, VIEWER_EXTENSION, VIEWER_HEADER, type Viewer } from '@mib/service/viewer';
import { startChild, type Child } from '@mib/testkit/child';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { untilReady } from '@mib/testkit/until-ready';

const SECRET = 'a secret of at least 32 characters!';
const OPERATOR: Viewer = { kind: 'user', userId: 'o', roles: ['operator'], scopes: ['market:write'] };
const LOBSTER_NAME = 'FILE_2012-06-21_34200000_57600000_message_5.csv';
const PROGRESS = 'state totalRows importedRows duplicateRows rejectedRows ticks error';

interface Progress {
  readonly state: string;
  readonly totalRows: number;
  readonly importedRows: number;
  readonly duplicateRows: number;
  readonly rejectedRows: number;
  readonly ticks: number;
  readonly error: string | null;
}

let database: TestDatabase;
let directory: string;
let child: Child;

beforeAll(async () => {
  [database, directory] = await Promise.all([testDatabase(), mkdtemp(path.join(os.tmpdir(), 'mib-crash-'))]);
});
afterAll(async () => {
  await child[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

it('loses nothing and takes nothing twice when it is killed in the middle of an import', async () => {
  const lines = [...lobsterLines({ seed: 1, count: 300_000, resting: 80, depth: 5 })];
  const trades = lines.flatMap(({ trade }, index) => (trade ? [[index + 1, trade.price, trade.size]] : []));
  await writeFile(path.join(directory, LOBSTER_NAME), lines.map(({ message }) => message).join('\n'));
  await writeFile(path.join(directory, LOBSTER_NAME.replace('message', 'orderbook')), lines.map(({ book }) => book).join('\n'));

  child = await startIngestion();
  await untilReady(child.url);
  await ask('mutation { registerInstrument(input: { symbol: "FILE", assetClass: EQUITY }) { userErrors { message } } }');
  const { startImport } = await ask(`mutation { startImport(input: { format: LOBSTER, uri: "file:${LOBSTER_NAME}", symbol: "FILE" }) { import { id } userErrors { code message } } }`);
  expect(startImport.userErrors).toEqual([]);
  const { id } = startImport.import as { id: string };

  let reached = 0;
  for (let crash = 0; crash < 2; crash += 1) {
    const progress = await watch(id, ({ totalRows }) => totalRows > reached);
    await child.kill('SIGKILL');
    expect(progress.state).toBe('RUNNING');
    expect(progress.totalRows).toBeLessThan(lines.length);
    reached = progress.totalRows;
    // Not ready yet, and at work again: an import goes on before anybody asks.
    child = await startIngestion();
  }
  const ended = await watch(id, ({ state }) => state !== 'RUNNING' && state !== 'CHECKING');
  expect(ended).toEqual({ state: 'COMPLETED', totalRows: lines.length, importedRows: lines.length, duplicateRows: 0, rejectedRows: 0, ticks: trades.length, error: null });
  expect(await delivered(trades.length)).toEqual(trades);
}, 120_000);

function startIngestion(): Promise<Child> {
  return startChild('subgraphs/data-ingestion/dist/main.js', {
    HOST: '127.0.0.1', PORT: '0', DATABASE_URL: database.url, ENGINE_ADDRESS: '127.0.0.1:9', MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'error', MIB_IMPORT_DIR: directory, MIB_SIMULATED_VENUE: 'off',
  });
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of any shape; a wrong path fails the expectation
async function ask(query: string): Promise<any> {
  const response = await fetch(child.url, { method: 'POST', headers: { 'content-type': 'application/json', [VIEWER_HEADER]: signViewer(OPERATOR, SECRET, Date.now()) }, body: JSON.stringify({ query }) });
  return ((await response.json()) as { data: unknown }).data;
}

/** The first state of the import that is `enough`. */
async function watch(id: string, enough: (progress: Progress) => boolean): Promise<Progress> {
  const client = createClient({ url: child.url.replace('http', 'ws'), webSocketImpl: WebSocket });
  try {
    for await (const { data, errors } of client.iterate<{ importProgress: Progress }>({ query: `subscription { importProgress(id: "${id}") { ${PROGRESS} } }`, extensions: { [VIEWER_EXTENSION]: signViewer(OPERATOR, SECRET, Date.now()) } })) {
      if (!data) throw new Error(JSON.stringify(errors));
      if (enough(data.importProgress)) return data.importProgress;
    }
    throw new Error('the import ended before it was enough');
  } finally {
    void client.dispose();
  }
}

/** As a consumer counts them: a record whose rows it has had is a repetition. */
async function delivered(count: number): Promise<number[][]> {
  const rows: number[][] = [];
  await using bus = await createPostgresEventBus({ url: database.url });
  let done = (): void => undefined;
  const complete = new Promise<void>((resolve) => (done = resolve));
  await using subscription = bus.subscribe({
    topics: ['market.ticks'], group: 'test', from: 'earliest',
    handle: async (records) => {
      for (const { value } of records) {
        const ticks = JSON.parse(value) as { firstRow: number; rows: number[]; prices: number[]; quantities: number[] };
        if (ticks.firstRow <= (rows.at(-1)?.[0] ?? 0)) continue;
        rows.push(...ticks.rows.map((row, at) => [row, ticks.prices[at]!, ticks.quantities[at]!]));
      }
      if (rows.length >= count) done();
    },
  });
  await complete;
  expect(subscription.failure).toBeUndefined();
  return rows;
}
