// The real series of the study, as they ship with the platform.

import { createReadStream } from 'node:fs';
import { samplePath } from '../connectors/file-import/import-files.ts';
import { readBars } from '../domain/csv-bars.ts';
import type { PricedBar } from '../domain/quality/bar-prints.ts';

/** Series with a range of their own; those of one price a day have no wicks to judge by. */
export const STUDY_SERIES = ['sp500', 'spy', 'vix'] as const;

/** Every readable bar of a sample, oldest first. */
export async function sampleBars(name: string): Promise<readonly PricedBar[]> {
  const bars: { timeMs: number; bar: PricedBar }[] = [];
  for await (const rows of readBars(createReadStream(samplePath(name)), { interval: 'D1', allowNonPositivePrices: true })) {
    for (const row of rows) {
      if (row.kind === 'bar') bars.push({ timeMs: row.bar.openTimeMs, bar: { open: Number(row.bar.open), high: Number(row.bar.high), low: Number(row.bar.low), close: Number(row.bar.close) } });
    }
  }
  return bars.sort((a, b) => a.timeMs - b.timeMs).map(({ bar }) => bar);
}
