// A built entry of the platform as a child process, started the way the launcher does: it reports ready over IPC.

import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { REPOSITORY } from './repository.ts';

export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** What the process reported when ready: an address or a base URL. */
  readonly url: string;
  readonly process: ChildProcess;
  /** Sends the signal and resolves when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

const KEPT_OUTPUT_CHARACTERS = 8_000;

/** @param entry - path of the built entry from the repository's root, for example `engine/dist/main.js`. */
export async function startChild(entry: string, environment: Readonly<Record<string, string>>): Promise<Child> {
  const child = spawn(process.execPath, ['--enable-source-maps', path.join(REPOSITORY, entry)], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  const keep = (text: Buffer) => (output = (output + text.toString()).slice(-KEPT_OUTPUT_CHARACTERS));
  child.stdout!.on('data', keep);
  child.stderr!.on('data', keep);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.on('message', (message: { kind?: string; url?: string }) => {
      if (message.kind === 'ready' && message.url) resolve(message.url);
    });
    child.once('exit', (code, signal) => reject(new Error(`${entry} ended (${code ?? signal}) before it was ready:\n${output}`)));
  });
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return { pid: child.pid!, url, process: child, kill, [Symbol.asyncDispose]: () => (child.exitCode === null && child.signalCode === null ? kill('SIGTERM') : Promise.resolve()) };
}
