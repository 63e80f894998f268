// A postmaster outlives a launcher that was killed. Its postmaster.pid names it; it is stopped only after the process of
// that number turns out to be a postgres of this very data directory, since numbers are reused.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const FAST_SHUTDOWN_MS = 8_000;
const POLL_MS = 25;

/** Stops the server that still holds the data directory, if any. */
export async function stopOrphan(dataDirectory: string): Promise<void> {
  const pidFile = path.join(dataDirectory, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1 || !isPostmasterOf(pid, dataDirectory)) return;
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    process.kill(pid, signal);
    if (await endsWithin(pid, FAST_SHUTDOWN_MS)) return;
  }
  throw new Error(`PostgreSQL process ${pid} of an earlier run holds ${dataDirectory} and does not stop`);
}

function isPostmasterOf(pid: number, dataDirectory: string): boolean {
  const command = commandLine(pid);
  return command.includes('postgres') && command.includes(dataDirectory);
}

function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    if (process.platform === 'win32') return execFileSync('wmic', ['process', 'where', `ProcessId=${pid}`, 'get', 'CommandLine'], { encoding: 'utf8' });
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' });
  } catch {
    return ''; // no such process
  }
}

/** Not our child, so its end cannot be awaited, only watched. */
async function endsWithin(pid: number, timeoutMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += POLL_MS) {
    if (commandLine(pid) === '') return true;
    await delay(POLL_MS);
  }
  return false;
}
