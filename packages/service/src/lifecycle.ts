// The life of a process, the same for every main.ts: start, tell the parent, serve, drain once within a bound, end.
// A process whose parent's IPC channel closes ends itself, so a killed launcher leaves no orphans.

import type { Health } from './health.ts';

export interface RunningService extends AsyncDisposable {
  readonly url: string;
  readonly health: Health;
  /** By name, when one process hosts several services. */
  readonly urls?: Readonly<Record<string, string>>;
}

/** What a child tells its parent over IPC. */
export type ProcessMessage = { readonly kind: 'ready'; readonly url: string; readonly urls?: Readonly<Record<string, string>> } | { readonly kind: 'failed'; readonly message: string };

const DRAIN_TIMEOUT_MS = 10_000;

/** Runs a service until SIGINT, SIGTERM or the loss of the parent; never rejects, sets the exit code instead. */
export async function runProcess(service: string, start: (env: NodeJS.ProcessEnv) => Promise<RunningService>): Promise<void> {
  const stopRequested = stopSignal();
  let running: RunningService;
  try {
    const cutShort = stopRequested.then(() => 'stop' as const);
    const outcome = await Promise.race([start(process.env), cutShort]);
    // Being stopped half started is like a crash, which everything survives.
    if (outcome === 'stop') process.exit(0);
    running = outcome;
  } catch (error) {
    await fail(service, error);
    return;
  }
  process.send?.({ kind: 'ready', url: running.url, ...(running.urls && { urls: running.urls }) } satisfies ProcessMessage);
  await stopRequested;
  await drain(service, running);
}

/** Resolves at the first reason to stop; a second signal kills at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let requested = false;
    const request = (): void => {
      if (requested) process.exit(130);
      requested = true;
      resolve();
    };
    process.on('SIGINT', request);
    process.on('SIGTERM', request);
    // Losing the parent is a reason to stop but not to hurry.
    process.once('disconnect', resolve);
  });
}

async function drain(service: string, running: RunningService): Promise<void> {
  const deadline = setTimeout(() => {
    process.stderr.write(`${service}: did not drain within ${DRAIN_TIMEOUT_MS} ms\n`);
    process.exit(1);
  }, DRAIN_TIMEOUT_MS);
  deadline.unref();
  try {
    await running[Symbol.asyncDispose]();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${service}: ${errorLine(error)}\n`);
    process.exit(1);
  }
}

async function fail(service: string, error: unknown): Promise<void> {
  const message = errorLine(error);
  process.stderr.write(`${service}: ${message}\n`);
  if (process.env['DEBUG'] !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  if (process.send) await new Promise((resolve) => process.send?.({ kind: 'failed', message } satisfies ProcessMessage, resolve));
  process.exit(1);
}

function errorLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split('\n')[0] ?? text;
}
