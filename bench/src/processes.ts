// Starts a process pinned to one core and tells what CPU it has used. Without `taskset` nothing is pinned, and the note
// of the bench says so.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

export const canPin = availableParallelism() > 1 && works('taskset', ['-V']);
const TICKS_PER_SECOND = 100;

export interface Started<Ready> extends Disposable {
  readonly process: ChildProcess;
  readonly ready: Ready;
}

/** @param core - the CPU it may use. */
export async function startPinned<Ready>(core: number, file: URL, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Started<Ready>> {
  const started = spawnPinned(core, file, args, env);
  const ready = await new Promise<Ready>((resolve, reject) => {
    started.process.once('message', (message) => resolve(message as Ready));
    started.process.once('exit', (code) => reject(new Error(`${file.pathname} ended with ${code}`)));
  });
  return { ...started, ready };
}

/** Like {@link startPinned} for a program that does not say when it is ready. */
export function spawnPinned(core: number, file: URL, args: readonly string[], env: NodeJS.ProcessEnv = {}): Omit<Started<never>, 'ready'> {
  const command = [process.execPath, file.pathname, ...args];
  const pinned = canPin ? ['taskset', '-c', String(core), ...command] : command;
  const child = spawn(pinned[0]!, pinned.slice(1), { env: { ...process.env, NODE_ENV: 'production', ...env }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return { process: child, [Symbol.dispose]: () => void child.kill('SIGKILL') };
}

export function pinSelf(core: number): void {
  if (canPin) execFileSync('taskset', ['-a', '-cp', String(core), String(process.pid)], { stdio: 'ignore' });
}

/** User and system time of a process so far; Linux only, NaN elsewhere. */
export function cpuMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
  } catch {
    return NaN;
  }
}

/** Resident memory of a process; Linux only, NaN elsewhere. */
export function residentKib(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return NaN;
  }
}

function works(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
