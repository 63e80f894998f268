// Two kinds of traffic at one gateway: hot requests at a steady pace, each timed from when it was due, so that a gateway
// that stands still is charged for all that had to wait; and a flood of operations that nobody has asked before.

import { Pool } from 'undici';

export interface Hot {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
}

export interface HotOptions {
  readonly url: string;
  readonly body: string;
  /** What every answer must be, but for space at its end. */
  readonly answer: string;
  readonly perSecond: number;
  readonly durationMs: number;
}

export async function hotTraffic({ url, body, answer, perSecond, durationMs }: HotOptions): Promise<Hot> {
  const pool = new Pool(new URL(url).origin, { connections: 64 });
  const startMs = performance.now();
  const latencies: number[] = [];
  const ask = async (dueMs: number): Promise<void> => {
    const { text } = await post(pool, url, body);
    if (text.trimEnd() !== answer) throw new Error(`a hot request was answered ${text.slice(0, 200)}`);
    latencies.push(performance.now() - dueMs);
  };
  const asked: Promise<void>[] = [];
  for (let dueMs = startMs; dueMs < startMs + durationMs; dueMs += 1000 / perSecond) {
    while (performance.now() < dueMs) await new Promise((resolve) => setTimeout(resolve, 1));
    asked.push(ask(dueMs));
  }
  await Promise.all(asked);
  await pool.close();
  latencies.sort((a, b) => a - b);
  const quantile = (part: number): number => latencies[Math.floor((latencies.length - 1) * part)]!;
  return { p50Ms: quantile(0.5), p99Ms: quantile(0.99), requests: latencies.length };
}

export interface Flood {
  /** Stops asking. @returns how many new operations were answered, and how many refused as too many. */
  stop(): Promise<{ readonly answered: number; readonly refused: number }>;
}

let unique = 0;

/** @param operation - a new operation for each number. */
export function flood(url: string, connections: number, operation: (number: number) => string): Flood {
  const pool = new Pool(new URL(url).origin, { connections });
  const counts = { answered: 0, refused: 0 };
  let isOver = false;
  const client = async (): Promise<void> => {
    while (!isOver) {
      const { status } = await post(pool, url, JSON.stringify({ query: operation(unique++) }));
      if (status === 200) counts.answered++;
      else if (status === 503) counts.refused++;
      else throw new Error(`a new operation was answered with status ${status}`);
    }
  };
  const clients = Promise.all(Array.from({ length: connections }, client));
  return {
    async stop() {
      isOver = true;
      await clients;
      await pool.close();
      return counts;
    },
  };
}

async function post(pool: Pool, url: string, body: string): Promise<{ readonly status: number; readonly text: string }> {
  const { statusCode, body: answer } = await pool.request({ method: 'POST', path: new URL(url).pathname, body, headers: { 'content-type': 'application/json', accept: 'application/json' } });
  return { status: statusCode, text: await answer.text() };
}
