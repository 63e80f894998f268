// Ticks of a file on their whole way: a LOBSTER day through the file door, over `market.ticks`, into candles of the graph
// with source HISTORY. What the candles must be is counted here from the trades that the file was made of.

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lobsterLines } from '@mib/data-ingestion/connectors/file-import/synthetic/lobster-files';
import { graphql } from '@mib/testkit/graphql';
import { eventually } from '../eventually.ts';
import { operatorToken, registerQuietInstrument } from '../people.ts';
import { sharedPlatform } from '../shared-platform.ts';

const WITHIN_MS = 20_000;
/** Midnight in New York, from which the file counts. */
const MIDNIGHT_MS = Date.UTC(2012, 5, 21, 4);
const LENGTH_MS = { M1: 60_000, H1: 3_600_000, D1: 86_400_000 } as const;
const INTERVALS = ['M1', 'H1', 'D1'] as const;
const LOBSTER_PRICE_UNITS = 10_000;
const LINES = [...lobsterLines({ seed: 7, count: 3_000, resting: 100, depth: 5 })];
const TRADES = LINES.flatMap(({ trade }) => (trade ? [trade] : []));

const START = `mutation ($input: StartImportInput!) { startImport(input: $input) { import { id } userErrors { code message } } }`;
const PROGRESS = `query ($id: ID!) { fileImport(id: $id) { state totalRows importedRows duplicateRows rejectedRows ticks } }`;
const CANDLES = `query ($symbol: String!, $interval: Interval!) { instrument(symbol: $symbol) { candles(interval: $interval, first: 500, source: HISTORY) {
  edges { node { openTime open high low close volume source final } } } } }`;

describe('an imported day of ticks', () => {
  it('becomes HISTORY candles, each trade once, also when it is imported again', async () => {
    const platform = sharedPlatform();
    const [symbol] = (await registerQuietInstrument(platform)).split('.');
    const uri = await writeDay(path.join(platform.dataDirectory, 'import'), symbol!);
    expect(await importDay(uri, symbol!)).toEqual({ state: 'COMPLETED', totalRows: LINES.length, importedRows: LINES.length, duplicateRows: 0, rejectedRows: 0, ticks: TRADES.length });
    for (const interval of INTERVALS) await eventually(async () => expect(await candlesOf(symbol!, interval)).toEqual(expected(interval)), WITHIN_MS);
    expect(await importDay(uri, symbol!)).toMatchObject({ state: 'COMPLETED', importedRows: 0, duplicateRows: LINES.length, ticks: 0 });
    for (const interval of INTERVALS) expect(await candlesOf(symbol!, interval)).toEqual(expected(interval));
  });
});

/** @returns the uri of the message file; the orderbook file stands beside it. */
async function writeDay(directory: string, symbol: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const name = (kind: string) => `${symbol}_2012-06-21_34200000_57600000_${kind}_5.csv`;
  await writeFile(path.join(directory, name('message')), LINES.map(({ message }) => `${message}\n`).join(''));
  await writeFile(path.join(directory, name('orderbook')), LINES.map(({ book }) => `${book}\n`).join(''));
  return `file:${name('message')}`;
}

async function importDay(uri: string, symbol: string): Promise<unknown> {
  const { url, demo } = sharedPlatform();
  const token = await operatorToken({ url, demo });
  const started = await graphql(url, { query: START, variables: { input: { format: 'LOBSTER', uri, symbol } }, token });
  expect(started.data?.startImport.userErrors).toEqual([]);
  return eventually(async () => {
    const { data } = await graphql(url, { query: PROGRESS, variables: { id: started.data.startImport.import.id }, token });
    if (['CHECKING', 'RUNNING'].includes(data.fileImport.state)) throw new Error(`the import has not ended: ${JSON.stringify(data.fileImport)}`);
    return data.fileImport as unknown;
  }, WITHIN_MS);
}

async function candlesOf(symbol: string, interval: string): Promise<unknown> {
  const { data } = await graphql(sharedPlatform().url, { query: CANDLES, variables: { symbol, interval } });
  const { edges } = data.instrument.candles as { readonly edges: readonly { readonly node: Record<string, string> }[] };
  const number = (text: string | undefined) => Number(text);
  return edges.map(({ node: { openTime, open, high, low, close, volume, ...rest } }) => ({ openTime, open: number(open), high: number(high), low: number(low), close: number(close), volume: number(volume), ...rest })).sort((a, b) => (a.openTime! < b.openTime! ? -1 : 1));
}

/** The candles of all trades, oldest first; the simulated venue's day is that of UTC. */
function expected(interval: keyof typeof LENGTH_MS): unknown[] {
  const byOpenTime = new Map<number, (typeof TRADES)[number][]>();
  for (const trade of TRADES) {
    const at = Math.floor((MIDNIGHT_MS + trade.timeNs / 1e6) / LENGTH_MS[interval]);
    byOpenTime.set(at, [...(byOpenTime.get(at) ?? []), trade]);
  }
  return [...byOpenTime].map(([at, trades]) => {
    const prices = trades.map(({ price }) => price / LOBSTER_PRICE_UNITS);
    const openTime = new Date(at * LENGTH_MS[interval]).toISOString().replace('.000Z', 'Z');
    return { openTime, open: prices[0], high: Math.max(...prices), low: Math.min(...prices), close: prices.at(-1), volume: trades.reduce((sum, { size }) => sum + size, 0), source: 'HISTORY', final: true };
  });
}
