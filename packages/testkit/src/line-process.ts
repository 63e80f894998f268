// A server of somebody else as a child process of a test: ready when one of its lines says so, gone with the test.

import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface LineProcess {
  readonly child: ChildProcess;
  /** What `ready` made of the line. */
  readonly ready: string;
  /** Sends the signal to the process and resolves when it has ended. */
  stop(signal: NodeJS.Signals): Promise<void>;
}

export interface LineProcessOptions {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly stream: 'stdout' | 'stderr';
  /** Undefined until the line that counts. */
  readonly ready: (line: string) => string | undefined;
  /** Keeps standard input or an IPC channel open, for programs that end with their parent. */
  readonly stdin?: 'pipe' | 'ignore';
  readonly ipc?: boolean;
}

const KEPT_OUTPUT_CHARACTERS = 8_000;

/** @throws {Error} with the last output when the process ends before it is ready. */
export async function startLineProcess(options: LineProcessOptions): Promise<LineProcess> {
  const child = spawn(options.command, options.arguments, { stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe', ...(options.ipc ? (['ipc'] as const) : [])] });
  let output = '';
  const keep = (text: Buffer) => (output = (output + text.toString()).slice(-KEPT_OUTPUT_CHARACTERS));
  child.stdout!.on('data', keep);
  child.stderr!.on('data', keep);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(String(code ?? signal)));
  });
  const ready = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child[options.stream]! }).on('line', (line) => {
      const found = options.ready(line);
      if (found !== undefined) resolve(found);
    });
    void ended.then((outcome) => reject(new Error(`${options.command} ended (${outcome}) before it was ready:\n${output}`)));
  });
  const stop = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return { child, ready, stop };
}
