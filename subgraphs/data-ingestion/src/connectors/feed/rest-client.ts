// GET requests to one venue within its budget. Every wait ends when the connector does; every answer is bounded in time and
// size.

import { Agent, request } from 'undici';
import type { Clock } from '../clock.ts';
import { FeedError } from './feed-error.ts';
import type { RestBudget } from './rest-budget.ts';

export interface RestClientOptions {
  /** http: or https: base without a trailing slash. */
  readonly base: string;
  readonly budget: RestBudget;
  readonly answerMs: number;
  readonly clock: Clock;
}

export interface RestClient extends AsyncDisposable {
  /**
   * Waits for the budget, then asks once.
   *
   * @param path - from its slash on, query included.
   * @param weight - what the venue counts for it.
   * @throws {FeedError} when there is no answer in time, another one than 200, or the client has been closed.
   */
  get(path: string, weight: number): Promise<string>;
}

/** Connections to the venue at once. */
const MAX_CONNECTIONS = 4;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const SHOWN_CHARACTERS = 200;

export function openRestClient({ base, budget, answerMs, clock }: RestClientOptions): RestClient {
  const stop = new AbortController();
  const agent = new Agent({ connections: MAX_CONNECTIONS, connect: { timeout: answerMs }, headersTimeout: answerMs, bodyTimeout: answerMs });

  const ask = async (path: string): Promise<string> => {
    const { statusCode, headers, body } = await request(`${base}${path}`, { dispatcher: agent, signal: stop.signal, headers: { accept: 'application/json' } });
    budget.answered(clock.now(), statusCode, headers);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) throw new FeedError(`answer to ${path} is longer than ${MAX_ANSWER_BYTES} bytes`);
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString();
    if (statusCode !== 200) throw new FeedError(`venue answered ${statusCode} to ${path}: ${text.slice(0, SHOWN_CHARACTERS)}`);
    return text;
  };

  return {
    async get(path, weight) {
      for (let waitMs = budget.waitMs(clock.now(), weight); waitMs > 0; waitMs = budget.waitMs(clock.now(), weight)) await clock.sleep(waitMs, stop.signal).then(() => stop.signal.throwIfAborted());
      budget.spend(clock.now(), weight);
      try {
        return await ask(path);
      } catch (error) {
        if (error instanceof FeedError) throw error;
        throw new FeedError(`venue did not answer ${path}: ${(error as Error).message}`, { cause: error });
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new FeedError('the connector is closed'));
      await agent.destroy();
    },
  };
}
