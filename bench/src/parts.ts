// Benches of many parts: those named run, in the order of the names, and the seconds each took are printed beside the rows.

import type { BenchRow } from './harness.ts';

export type Parts = Readonly<Record<string, () => Promise<{ run(): Promise<readonly BenchRow[]> }>>>;

/**
 * @param chosen - names of parts; none runs all of them.
 * @throws {Error} naming a part that does not exist.
 */
export async function runParts(parts: Parts, chosen: readonly string[]): Promise<BenchRow[]> {
  const names = chosen.length > 0 ? chosen : Object.keys(parts);
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) throw new Error(`part must be one of ${Object.keys(parts).join(' ')}, was "${unknown}"`);
  const rows: BenchRow[] = [];
  for (const name of names) {
    const startedMs = performance.now();
    rows.push(...(await (await parts[name]!()).run()));
    console.error(`${name}: ${Math.round((performance.now() - startedMs) / 1000)} s`);
  }
  return rows;
}
