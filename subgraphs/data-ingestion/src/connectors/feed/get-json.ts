// One question to a venue's REST door. The answer is bounded in time and size, and a refusal says how long to stay away.

import { request } from 'undici';
import { FeedError } from './feed-error.ts';

/** The venue asks to be left alone for a while. */
export class RateLimitedError extends FeedError {
  override readonly name = 'RateLimitedError';
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

export interface GetJsonOptions {
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A whole book of single orders is some tens of megabytes at the busiest venues. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Where the venue names no time. */
const DEFAULT_RETRY_AFTER_MS = 1_000;
const MAX_RETRY_AFTER_MS = 3_600_000;
/** Venues refuse who does not say what it is. */
const USER_AGENT = 'market-intel-brain';

/**
 * @returns the parsed answer, whatever it is.
 * @throws {RateLimitedError} for 418 and 429, {FeedError} for another refusal, no answer in time, or what is no JSON.
 */
export async function getJson(url: string, { timeoutMs, headers, signal }: GetJsonOptions): Promise<unknown> {
  const place = url.split('?')[0]!;
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await request(url, { headers: { 'user-agent': USER_AGENT, accept: 'application/json', ...headers }, signal: signal ? AbortSignal.any([deadline, signal]) : deadline });
    const { statusCode } = response;
    if (statusCode !== 200) {
      await response.body.dump();
      const message = `${place} answered ${statusCode}`;
      throw statusCode === 418 || statusCode === 429 ? new RateLimitedError(message, retryAfterMs(response.headers['retry-after'])) : new FeedError(message);
    }
    return JSON.parse(await readText(response.body, place)) as unknown;
  } catch (error) {
    if (error instanceof FeedError) throw error;
    throw new FeedError(`${place} gave no answer: ${deadline.aborted ? `${timeoutMs} ms have passed` : (error as Error).message}`);
  }
}

async function readText(body: AsyncIterable<Buffer>, place: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new FeedError(`${place} answered more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function retryAfterMs(header: string | string[] | undefined): number {
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(MAX_RETRY_AFTER_MS, seconds * 1_000) : DEFAULT_RETRY_AFTER_MS;
}
