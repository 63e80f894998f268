// node subgraphs/data-ingestion/dist/check-lobster.js MESSAGE_FILE [ORDERBOOK_FILE]
//
// Walks a LOBSTER pair without a database: our book against the published row after every message, what an import would
// take and refuse, and how fast. Ends with 1 when a row is refused.

import path from 'node:path';
import { openImportFile } from './connectors/file-import/import-files.ts';
import { readLobster } from './connectors/file-import/read-lobster.ts';
import { MAX_LISTED_REJECTS } from './domain/import-report.ts';
import { MAX_IMPORT_BYTES } from './imports/import-steps.ts';

const SHOWN_REJECTS = 20;

await main(process.argv[2], process.argv[3]);

async function main(messageFile: string | undefined, bookFile = messageFile?.replace('_message_', '_orderbook_')): Promise<void> {
  if (messageFile === undefined || bookFile === undefined || bookFile === messageFile) {
    console.error('usage: check-lobster MESSAGE_FILE [ORDERBOOK_FILE]');
    process.exitCode = 2;
    return;
  }
  const [messages, books] = await Promise.all([open(messageFile), open(bookFile)]);
  const counts = { rows: 0, equal: 0, rejected: 0, ticks: 0 };
  const rejects: string[] = [];
  const startedMs = performance.now();
  for await (const batch of readLobster(messages, books)) {
    counts.rows = batch.lastRow;
    counts.equal += batch.taken[0]!;
    counts.rejected += batch.rejectedRows;
    counts.ticks += batch.count;
    if (rejects.length < MAX_LISTED_REJECTS) rejects.push(...batch.rejects.map(({ line, code, reason }) => `row ${line}: ${code}: ${reason}`));
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  for (const reject of rejects.slice(0, SHOWN_REJECTS)) console.log(reject);
  console.log(`${path.basename(messageFile)}: ${counts.rows} rows, book equal after ${counts.equal}, ${counts.rejected} refused, ${counts.ticks} executions; ${Math.round(counts.rows / seconds)} rows/s`);
  if (counts.rejected > 0) process.exitCode = 1;
}

function open(file: string) {
  const { dir, base } = path.parse(path.resolve(file));
  return openImportFile(`file:${base}`, dir, MAX_IMPORT_BYTES);
}
