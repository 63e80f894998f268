// `npm run bench -- NAME` runs one bench, prints its table and writes bench/results/NAME.json; no name lists them all.

import { writeFile } from 'node:fs/promises';
import type { BenchRow } from './harness.ts';

const BENCHES: Readonly<Record<string, () => Promise<{ run(): Promise<readonly BenchRow[]> }>>> = {
  start: () => import('./start.ts'),
  ring: () => import('./ring.ts'),
  'order-path': () => import('./order-path.ts'),
  federation: () => import('./federation.ts'),
};

const name = process.argv[2] ?? '';
const load = BENCHES[name];
if (!load) {
  console.error(`bench must be one of ${Object.keys(BENCHES).join(' ')}, was "${name}"`);
  process.exit(1);
}
const rows = await (await load()).run();
console.table(Object.fromEntries(rows.map((row) => [row.name, { ours: round(row.ours), peer: round(row.peer), unit: row.unit, ratio: round(row.ratio), 'against': row.peerName, runs: row.runs }])));
for (const row of rows) console.log(`${row.name}: ${row.note}`);
await writeFile(new URL(`../results/${name}.json`, import.meta.url), `${JSON.stringify(rows, null, 2)}\n`);

function round(value: number): number {
  return Number(value.toPrecision(3));
}
