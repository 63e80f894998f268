// What every polled source does with a document: ask for it if it has changed, hand it on, and remember what the server
// called it once it is stored.

import type { Logger } from '@mib/service/logger';
import type { Random } from '../../domain/random.ts';
import type { SourceHealth } from '../../domain/source-health.ts';
import type { Clock } from '../clock.ts';
import { fetchDocument, type Validators } from './fetch-document.ts';
import { SourceRefusedError } from './poller.ts';

export interface FetchStates {
  get(url: string): Promise<Validators | undefined>;
  save(url: string, validators: Validators): Promise<void>;
}

export interface PolledOptions {
  /** Address, without a slash at its end where paths are put behind it. */
  readonly url: string;
  /** Says who asks. */
  readonly userAgent: string;
  readonly states: FetchStates;
  readonly health: SourceHealth;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Of one request; TIMEOUT_MS where nothing is said. */
  readonly timeoutMs?: number;
}

export interface PolledDocument {
  readonly url: string;
  readonly accept: string;
  readonly maxBytes: number;
  /** False to take the document whether it has changed or not. */
  readonly conditional: boolean;
  readonly signal: AbortSignal;
  /** Statuses that mean there is nothing, and that this is no fault. */
  readonly absent?: readonly number[];
}

export type Polled = 'CHANGED' | 'UNCHANGED' | 'ABSENT';

export const TIMEOUT_MS = 60_000;
/** For a source that says no without saying for how long: 403 and 410 are meant to last. */
const LASTING_REFUSAL_MS = 3_600_000;
const LASTING = [401, 403, 404, 410, 451];

/**
 * Fetches one document and hands its text to `take`.
 *
 * @throws {FetchError} when it cannot be had, {SourceRefusedError} when the source says no, and what `take` throws: it is asked for anew then.
 */
export async function fetchInto(options: PolledOptions, document: PolledDocument, take: (text: string) => Promise<void>): Promise<Polled> {
  const { url, accept, maxBytes, conditional, signal, absent = [] } = document;
  const validators = conditional ? await options.states.get(url) : undefined;
  const answer = await fetchDocument({ url, accept, maxBytes, signal, validators, userAgent: options.userAgent, timeoutMs: options.timeoutMs ?? TIMEOUT_MS });
  if (answer.kind === 'UNCHANGED') return 'UNCHANGED';
  if (answer.kind === 'REFUSED') {
    if (absent.includes(answer.status)) return 'ABSENT';
    throw new SourceRefusedError(`${options.health.identity.provider} answered with status ${answer.status}`, answer.retryAfterMs ?? (LASTING.includes(answer.status) ? LASTING_REFUSAL_MS : null));
  }
  await take(answer.text);
  await options.states.save(url, { etag: answer.etag, lastModified: answer.lastModified });
  return 'CHANGED';
}
