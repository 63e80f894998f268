// The engine's bench, in parts that can be chosen: `npm run bench -- engine matching path`. Every part says in its notes
// what its rows count and what they do not; results of both sides are checked in every run.

import type { BenchRow } from './harness.ts';

const PARTS = {
  ring: () => import('./ring.ts'),
  matching: () => import('./engine/matching.ts'),
  path: () => import('./engine/whole-path.ts'),
  latency: () => import('./engine/latency.ts'),
  grpc: () => import('./engine/grpc-path.ts'),
  recovery: () => import('./recovery.ts'),
  memory: () => import('./engine/memory.ts'),
  idle: () => import('./engine/idle.ts'),
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
