import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const PROBE = fileURLToPath(new URL('./testing/allocation-probe.js', import.meta.url));
/** A boxed number has 16. What there is comes from mass cancels, which sort a list: one in 16,384 commands. */
const MAX_BYTES_PER_COMMAND = 8;
/** Four seconds of processor time; more by the clock on a busy machine. */
const TIMEOUT_MS = 180_000;

it('leaves no garbage on a command’s way through the engine', () => {
  const report = JSON.parse(execFileSync(process.execPath, ['--min-semi-space-size=128', '--max-semi-space-size=128', PROBE], { encoding: 'utf8' })) as Record<string, number>;
  expect(report).toMatchObject({ commands: 327_680 });
  expect(report['eventsPerCommand']).toBeGreaterThan(1.5);
  expect(report['bytesPerCommand']).toBeGreaterThanOrEqual(0);
  expect(report['bytesPerCommand']).toBeLessThan(MAX_BYTES_PER_COMMAND);
}, TIMEOUT_MS);
