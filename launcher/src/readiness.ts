// Looking at what is already there before we start, and at what we started before we call it ready.

import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;
const READY_TIMEOUT_MS = 120_000;

/** @throws {Error} naming the port when somebody listens on it already. */
export async function refuseBusyPort(host: string, port: number): Promise<void> {
  const server = net.createServer();
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
    await new Promise((resolve) => server.close(resolve));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new Error(`port ${port} on ${host} is busy; set PORT to another one`, { cause: error });
    throw new Error(`cannot listen on ${host}:${port}: ${message}`, { cause: error });
  }
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves when `GET /readyz` beside `url` answers 200. @throws {Error} with the last problem when it takes too long. */
export async function awaitReady(name: string, url: string, signal: AbortSignal): Promise<void> {
  let problem = '';
  for (const startedMs = performance.now(); performance.now() - startedMs < READY_TIMEOUT_MS && !signal.aborted; ) {
    try {
      const response = await fetch(new URL('/readyz', url), { signal });
      problem = await response.text();
      if (response.ok) return;
    } catch (error) {
      problem = (error as Error).message;
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  throw new Error(signal.aborted ? 'stopped while starting' : `${name} is not ready: ${problem}`);
}
