// A process of the crash test: recovers, says `ready`, then archives in tiny files until it is killed.
//
//   node archive.js DATABASE_URL DIRECTORY NOW_MS

import { createPool } from '@mib/service/database';
import { createLogger } from '@mib/service/logger';
import { Archiver } from '../history/archiver.ts';
import { Duck } from '../history/duck.ts';
import { Readers } from '../history/readers.ts';

const [, , databaseUrl = '', directory = '', nowMs = ''] = process.argv;
const pool = createPool(databaseUrl, { max: 2, applicationName: 'archive' });
const archiver = new Archiver({
  pool, duck: new Duck(directory), directory, readers: new Readers(), now: () => Number(nowMs), logger: createLogger('archive', { level: 'silent' }),
  telemetry: { rowsArchived: () => undefined }, limits: { maxRows: 50, minRows: 1, minSmallFiles: 3, maxMergedRows: 400 },
});
await archiver.recover();
console.log('ready');
while ((await archiver.round()) > 0);
console.log('done');
await new Promise(() => setInterval(() => undefined, 1_000));
