// A closed loop of a few connections, lean enough to share a core with the subgraphs.

import { Pool } from 'undici';

export interface Load {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly body: string;
  readonly connections: number;
  readonly durationMs: number;
  /** Every answer must have this length. */
  readonly bytes: number;
}

export async function load({ url, body, connections, durationMs, bytes }: LoadOptions): Promise<Load> {
  const target = new URL(url);
  const pool = new Pool(target.origin, { connections });
  const latencies: number[] = [];
  const startedMs = performance.now();
  const endMs = startedMs + durationMs;
  const worker = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const sentMs = performance.now();
      const length = await post(pool, target.pathname, body);
      if (length !== bytes) throw new Error(`an answer of ${url} had ${length} bytes instead of ${bytes}`);
      latencies.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const elapsedMs = performance.now() - startedMs;
  await pool.close();
  latencies.sort((a, b) => a - b);
  const quantile = (part: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))]!;
  return { requestsPerSecond: (latencies.length / elapsedMs) * 1000, p50Ms: quantile(0.5), p99Ms: quantile(0.99), requests: latencies.length };
}

export function post(pool: Pool, path: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let length = 0;
    pool.dispatch(
      { method: 'POST', path, body, headers: { 'content-type': 'application/json', accept: 'application/json' } },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_, status) => void (status === 200 || reject(new Error(`HTTP status ${status}`))),
        onResponseData: (_, chunk) => void (length += chunk.length),
        onResponseEnd: () => resolve(length),
        onResponseError: (_, error) => reject(error),
      },
    );
  });
}
