// `npm run bench -- NAME` runs one bench, prints its table and writes bench/results/NAME.json and the page of all figures; no
// name lists them all.
// `engine` and `analytics` take names of parts behind them, and then write nothing: their files hold all of them or none.

import { writeFile } from 'node:fs/promises';
import { rounded, writeFigures } from './figures.ts';
import type { BenchRow } from './harness.ts';

const BENCHES: Readonly<Record<string, () => Promise<{ run(chosen: readonly string[]): Promise<readonly BenchRow[]> }>>> = {
  start: () => import('./start.ts'),
  ring: () => import('./ring.ts'),
  engine: () => import('./engine.ts'),
  ingest: () => import('./ingest.ts'),
  analytics: () => import('./analytics.ts'),
  'fan-out': () => import('./fan-out.ts'),
  'router-cold': () => import('./router-cold.ts'),
  router: () => import('./router.ts'),
};

const name = process.argv[2] ?? '';
const load = BENCHES[name];
if (!load) {
  console.error(`bench must be one of ${Object.keys(BENCHES).join(' ')}, was "${name}"`);
  process.exit(1);
}
const chosen = process.argv.slice(3);
const rows = await (await load()).run(chosen);
console.table(Object.fromEntries(rows.map((row) => [row.name, { ours: rounded(row.ours), peer: rounded(row.peer), unit: row.unit, ratio: rounded(row.ratio), 'against': row.peerName, runs: row.runs }])));
// Rows measured together share a note.
for (const note of new Set(rows.map((row) => row.note))) console.log(`${rows.filter((row) => row.note === note).map(({ name }) => name).join('; ')}: ${note}`);
if (chosen.length === 0) {
  const results = new URL('../results/', import.meta.url);
  await writeFile(new URL(`${name}.json`, results), `${JSON.stringify(rows, null, 2)}\n`);
  await writeFigures(results);
}
