// The engine's bench, in parts that can be chosen: `npm run bench -- engine matching path`. Every part says in its notes
// what its rows count and what they do not; results of both sides are checked in every run.

import type { BenchRow } from './harness.ts';
import { runParts } from './parts.ts';

export function run(chosen: readonly string[]): Promise<BenchRow[]> {
  return runParts(
    {
      ring: () => import('./ring.ts'),
      matching: () => import('./engine/matching.ts'),
      path: () => import('./engine/whole-path.ts'),
      latency: () => import('./engine/latency.ts'),
      grpc: () => import('./engine/grpc-path.ts'),
      recovery: () => import('./recovery.ts'),
      memory: () => import('./engine/memory.ts'),
      idle: () => import('./engine/idle.ts'),
    },
    chosen,
  );
}
