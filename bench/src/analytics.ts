// The bench of what market data costs, in parts that can be chosen: `npm run bench -- analytics batch streaming`.

import type { BenchRow } from './harness.ts';

const PARTS = {
  batch: () => import('./analytics/batch.ts'),
  streaming: () => import('./analytics/streaming.ts'),
  candles: () => import('./analytics/candles.ts'),
  imports: () => import('./analytics/imports.ts'),
} as const;

/** @param chosen - names of parts; none runs all of them. */
export async function run(chosen: readonly string[]): Promise<BenchRow[]> {
  const names = chosen.length > 0 ? chosen : Object.keys(PARTS);
  const unknown = names.find((name) => !(name in PARTS));
  if (unknown !== undefined) throw new Error(`part must be one of ${Object.keys(PARTS).join(' ')}, was "${unknown}"`);
  const rows: BenchRow[] = [];
  for (const name of names as (keyof typeof PARTS)[]) {
    const startedMs = performance.now();
    rows.push(...(await (await PARTS[name]()).run()));
    console.error(`${name}: ${Math.round((performance.now() - startedMs) / 1000)} s`);
  }
  return rows;
}
