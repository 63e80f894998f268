// GraphQL over SSE, distinct connections mode: one response is one operation. Headers leave at once, comments keep the
// connection alive while nothing happens, and a client that does not read stops the loop, not the router.

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { RequestRefused } from '../respond/graph-error.ts';
import { writeRefusal, type Result } from '../respond/result.ts';

/** Shorter than the idle timeout of common proxies (60 s). */
const KEEP_ALIVE_MS = 12_000;
/** Bytes a client may leave unread before its queue starts to fill. */
const HIGH_WATER_BYTES = 256 * 1024;

export async function streamResults(response: ServerResponse, results: AsyncIterable<Result> | Iterable<Result>): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' });
  response.write(':\n\n');
  const keepAlive = setInterval(() => response.write(':\n\n'), KEEP_ALIVE_MS);
  const iterator = Symbol.asyncIterator in results ? results[Symbol.asyncIterator]() : undefined;
  response.once('close', () => void iterator?.return?.());
  try {
    for await (const result of results) {
      response.write(`event: next\ndata: ${result.text}\n\n`);
      if (response.writableLength > HIGH_WATER_BYTES) await drained(response);
      if (response.destroyed) return;
    }
  } catch (error) {
    const errors = error instanceof RequestRefused ? error.errors : RequestRefused.because(500, 'INTERNAL', 'internal error').errors;
    response.write(`event: next\ndata: ${writeRefusal(errors).text}\n\n`);
  } finally {
    clearInterval(keepAlive);
    response.end('event: complete\ndata:\n\n');
  }
}

async function drained(response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  const onClose = (): void => gone.abort();
  response.once('close', onClose);
  try {
    await once(response, 'drain', { signal: gone.signal });
  } catch {
    // The client went away; the loop sees it.
  } finally {
    response.off('close', onClose);
  }
}
