// The bench of what market data costs, in parts that can be chosen: `npm run bench -- analytics batch streaming`.

import type { BenchRow } from './harness.ts';
import { runParts } from './parts.ts';

export function run(chosen: readonly string[]): Promise<BenchRow[]> {
  return runParts(
    {
      batch: () => import('./analytics/batch.ts'),
      streaming: () => import('./analytics/streaming.ts'),
      candles: () => import('./analytics/candles.ts'),
      imports: () => import('./analytics/imports.ts'),
      history: () => import('./analytics/history.ts'),
    },
    chosen,
  );
}
