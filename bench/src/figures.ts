// One page of all figures, made from the result files whenever a bench has run whole: what the README links to can so
// never differ from what was measured.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { BenchRow } from './harness.ts';

const HEAD = `# Figures

The last whole run of each bench on this machine (2 cores, shared, noisy): medians of alternated runs, every side's result checked.
Read the ratios, above 1 is better for us; the absolute numbers only say what was divided. A note says what is not counted,
and the goal where there is one. Made by \`npm run bench -- NAME\`; the history of NAME.json says when.
`;

/** Reads every result file of `directory` and writes its README.md. */
export async function writeFigures(directory: URL): Promise<void> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
  const tables = files.map(async (file) => tableOf(file.slice(0, -'.json'.length), JSON.parse(await readFile(new URL(file, directory), 'utf8')) as BenchRow[]));
  await writeFile(new URL('README.md', directory), [HEAD, ...(await Promise.all(tables))].join('\n'));
}

function tableOf(bench: string, rows: readonly BenchRow[]): string {
  const notes = [...new Set(rows.map(({ note }) => note))];
  const lines = rows.map(({ name, ours, peer, unit, ratio, peerName, runs, note }) => `| ${name} | ${rounded(ratio)} | ${rounded(ours)} | ${rounded(peer)} | ${unit} | ${peerName} | ${runs} | ${notes.indexOf(note) + 1} |`);
  const header = ['| what | ratio | ours | peer | unit | against | runs | note |', '|---|---|---|---|---|---|---|---|'];
  return [`## ${bench}`, '', ...header, ...lines, '', ...notes.map((note, at) => `${at + 1}. ${note}`), ''].join('\n');
}

/** Three digits that count. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
