// The history that training runs on: S&P 500 daily bars from the npm package vega-datasets, which ships the publisher's
// file. Training refuses a row it does not understand instead of guessing.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { DailyBar } from '../domain/daily-bar.ts';

const PACKAGE = 'vega-datasets';
const FILE = 'data/sp500-2000.csv';
const HEADER = 'date,open,high,low,close,adjclose,volume';

export const HISTORY = {
  name: 'S&P 500 index, daily',
  source: `npm ${PACKAGE} 3.2.1, ${FILE} (Yahoo Finance)`,
  licence: 'BSD-3-Clause',
} as const;

export function readHistory(): DailyBar[] {
  return parseHistory(readFileSync(path.join(packageDirectory(), FILE), 'utf8'));
}

/** @throws naming the line that is not a bar, or not later than the one before. */
export function parseHistory(text: string): DailyBar[] {
  const [header, ...lines] = text.trimEnd().split(/\r?\n/);
  if (header !== HEADER) throw new Error(`header must be ${HEADER}, was ${JSON.stringify(header)}`);
  let lastMs = -Infinity;
  return lines.map((line, index) => {
    const [date = '', ...fields] = line.split(',');
    const [open, high, low, close] = fields.map(Number) as [number, number, number, number];
    const openTimeMs = Date.parse(`${date}T00:00:00Z`);
    if (!(openTimeMs > lastMs) || !(low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close))) throw new Error(`line ${index + 2} is not the next daily bar: ${line}`);
    lastMs = openTimeMs;
    return { openTimeMs, open, high, low, close, synthetic: false };
  });
}

/** The package exports its main file only; its folder is found from there upwards. */
function packageDirectory(): string {
  const main = createRequire(import.meta.url).resolve(PACKAGE);
  const marker = `${path.sep}node_modules${path.sep}${PACKAGE}${path.sep}`;
  return main.slice(0, main.lastIndexOf(marker) + marker.length);
}
