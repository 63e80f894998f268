// npm run simulate [-- --seed N --sessions M]: sessions from seed N on (default: by the clock), M of them (default
// 10,000, a few minutes). A session that fails names its seed; --seed N alone runs that one and prints it step by step.

import { parseArgs } from 'node:util';
import { runSession } from './session.ts';

const { values } = parseArgs({ options: { seed: { type: 'string' }, sessions: { type: 'string' } } });
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const sessions = Number(values.sessions ?? (values.seed === undefined ? 10_000 : 1));
const trace = sessions === 1 ? (line: string) => process.stdout.write(`${line}\n`) : undefined;
const startedAt = performance.now();
let acknowledged = 0;
let deaths = 0;

for (let i = 0; i < sessions; i++) {
  try {
    const report = runSession(seed + i, trace);
    acknowledged += report.acknowledged;
    deaths += report.deaths;
  } catch (error) {
    process.stdout.write(`seed ${seed + i} failed, session ${i + 1} after ${seconds()} s; npm run simulate -- --seed ${seed + i}\n${(error as Error).stack}\n`);
    process.exit(1);
  }
}
process.stdout.write(`${sessions} sessions from seed ${seed}: ${acknowledged} commands acknowledged, ${deaths} deaths survived, ${seconds()} s\n`);

function seconds(): string {
  return ((performance.now() - startedAt) / 1_000).toFixed(1);
}
