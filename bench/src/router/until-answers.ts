// A peer that does not say when it is ready is asked until it answers.

import { setTimeout as sleep } from 'node:timers/promises';

const READY_MS = 60_000;

/** @throws {Error} when it has not answered in time. */
export async function untilAnswers(url: string): Promise<void> {
  for (const deadlineMs = performance.now() + READY_MS; performance.now() < deadlineMs; await sleep(100)) {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ __typename }"}' }).catch(() => undefined);
    if (response?.ok) return;
  }
  throw new Error(`${url} did not answer in time`);
}
