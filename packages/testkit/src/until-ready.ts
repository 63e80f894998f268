// A service announces readiness on /readyz only, so this asks until it says yes: what the launcher and Kubernetes do.

import { setTimeout as pause } from 'node:timers/promises';

const INTERVAL_MS = 20;
const TIMEOUT_MS = 30_000;

/** @param url - any URL of the service. */
export async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const response = await fetch(new URL('/readyz', url));
    const body = await response.text();
    if (response.ok) return;
    if (performance.now() > deadline) throw new Error(`${url} is not ready: ${body}`);
    await pause(INTERVAL_MS);
  }
}
