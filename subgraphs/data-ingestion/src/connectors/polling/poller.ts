// Asks a source again and again until it is switched off: at its own pace while it answers, later and later while it does
// not, and never before the source itself wants to be asked again. What a document means is the caller's.

import type { Logger } from '@mib/service/logger';
import type { Random } from '../../domain/random.ts';
import type { SourceHealth } from '../../domain/source-health.ts';
import type { RunningSource } from '../../data-sources.ts';
import type { Clock } from '../clock.ts';
import { backOffMs } from '../feed/back-off.ts';

export interface PollerOptions {
  /** Asks once. @throws {SourceRefusedError} when the source says no, anything else when it cannot be reached or read. */
  readonly poll: (signal: AbortSignal) => Promise<void>;
  readonly intervalMs: number;
  readonly health: SourceHealth;
  readonly clock: Clock;
  /** Jitter, so that many do not come at once. */
  readonly random: Random;
  readonly logger: Logger;
}

/** The source answered, and the answer is no. */
export class SourceRefusedError extends Error {
  override readonly name = 'SourceRefusedError';
  /** Not to be asked again before. */
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number | null) {
    super(message);
    this.retryAfterMs = retryAfterMs ?? 0;
  }
}

const BACKOFF = { firstMs: 5_000, maxMs: 3_600_000 };

/** Runs until disposed; a poll under way is cut off then. */
export function startPoller(options: PollerOptions): RunningSource {
  const stop = new AbortController();
  const done = run(options, stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await done;
    },
  };
}

async function run({ poll, intervalMs, health, clock, random, logger }: PollerOptions, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    let waitMs = intervalMs * (0.9 + 0.2 * random());
    try {
      await poll(signal);
      failures = 0;
      health.live();
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      waitMs = Math.max(backOffMs(failures, { ...BACKOFF, random }), error instanceof SourceRefusedError ? error.retryAfterMs : 0);
      failures += 1;
      health.interrupted(reason);
      logger.warn({ source: health.id, reason, failures, waitMs: Math.round(waitMs) }, 'source did not answer as it should');
    }
    await clock.sleep(waitMs, signal);
  }
}
