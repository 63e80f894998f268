// One Node process of the platform: spawned in a group of its own, so that Ctrl-C reaches the launcher alone and the
// order of stopping stays the launcher's; ready when it says so over IPC; ends by itself when the launcher is gone.

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ProcessMessage } from '@mib/service/lifecycle';
import { REPOSITORY } from './config.ts';
import type { LogFile } from './log-file.ts';
import { SEMI_SPACE_MIB } from './topology.ts';

export interface ManagedProcess {
  readonly pid: number;
  /** Resolves with the reason when the process has ended, by our will or not. */
  readonly ended: Promise<string>;
  /** Drains, and kills what does not end in time. */
  stop(): Promise<void>;
}

export interface ServiceProcess extends ManagedProcess {
  readonly url: string;
  readonly urls: Readonly<Record<string, string>>;
}

export interface ServiceProcessOptions {
  /** Built entry from the repository's root. */
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  readonly heapMib: number;
  readonly log: LogFile;
  /** Every living process is in here, for an immediate end. */
  readonly living: Set<ChildProcess>;
}

const READY_TIMEOUT_MS = 60_000;
/** Above the children's own bound of 10 s. */
const STOP_TIMEOUT_MS = 12_000;

/** @throws {Error} with the child's own words when it ends or stays silent instead of getting ready. */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const flags = [`--max-old-space-size=${options.heapMib}`, `--max-semi-space-size=${SEMI_SPACE_MIB}`, '--enable-source-maps'];
  if (!existsSync(path.join(REPOSITORY, options.entry))) throw new Error(`${options.entry} is missing, run npm run build`);
  let ready = false;
  const child = spawn(process.execPath, [...flags, path.join(REPOSITORY, options.entry)], {
    cwd: REPOSITORY, env: options.env, detached: process.platform !== 'win32', stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  options.living.add(child);
  child.stdout?.on('data', (chunk: Buffer) => options.log.write(chunk.toString(), false));
  // Before it is ready, its last words become the error that we throw.
  child.stderr?.on('data', (chunk: Buffer) => options.log.write(chunk.toString(), ready));
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      options.living.delete(child);
      resolve(signal ? `killed by ${signal}` : `exit code ${code}`);
    });
  });
  const { url, urls } = await untilReady(child, ended, options.log);
  ready = true;
  return { pid: child.pid as number, url, urls: urls ?? {}, ended, stop: () => stop(child, ended) };
}

async function untilReady(child: ChildProcess, ended: Promise<string>, log: LogFile): Promise<ProcessMessage & { kind: 'ready' }> {
  let failure: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const ready = new Promise<ProcessMessage & { kind: 'ready' }>((resolve) => {
    child.on('message', (message: ProcessMessage) => {
      if (message.kind === 'ready') resolve(message);
      else failure = message.message;
    });
  });
  const late = new Promise<string>((resolve) => (timer = setTimeout(resolve, READY_TIMEOUT_MS, `not ready within ${READY_TIMEOUT_MS / 1000} s`)));
  const outcome = await Promise.race([ready, ended, late]);
  clearTimeout(timer);
  if (typeof outcome !== 'string') return outcome;
  child.kill('SIGKILL');
  throw new Error(failure ?? `${outcome}, see ${log.path}`);
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
