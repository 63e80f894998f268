// What one data source has been doing: its state, its rate over the last seconds, interruptions. Time comes in, so a test
// can say what time it is.

import { ClientError } from '@mib/service/errors';

export const SOURCE_STATES = ['CONNECTING', 'LIVE', 'RESYNCING', 'STALE', 'BACKOFF', 'DISABLED'] as const;
export type SourceState = (typeof SOURCE_STATES)[number];
export const SOURCE_KINDS = ['SIMULATED_VENUE', 'FILE_IMPORT', 'LIVE_FEED', 'REFERENCE_RATES', 'NEWS_FEED', 'FILINGS'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export interface SourceIdentity {
  readonly id: string;
  readonly provider: string;
  readonly kind: SourceKind;
  readonly synthetic: boolean;
  /** A source that speaks without pause is stale once it is silent for longer; one that is asked never is. */
  readonly continuous: boolean;
}

export interface SourceSnapshot extends SourceIdentity {
  readonly enabled: boolean;
  readonly state: SourceState;
  readonly lastMessageMs: number | null;
  readonly messagesPerSecond: number;
  readonly messages: number;
  readonly rejectedMessages: number;
  readonly gapsDetected: number;
  readonly resyncs: number;
  readonly checksumFailures: number;
  readonly badPrints: number;
  readonly schemaDrifts: number;
  readonly lastError: string | null;
}

export const RATE_WINDOW_SECONDS = 10;
export const STALE_AFTER_MS = 10_000;
const MAX_ERROR_CHARACTERS = 300;

export class SourceHealth {
  readonly identity: SourceIdentity;
  readonly #now: () => number;
  /** Messages of each of the last seconds; a slot is valid when its second is. */
  readonly #counts = new Array<number>(RATE_WINDOW_SECONDS).fill(0);
  readonly #seconds = new Array<number>(RATE_WINDOW_SECONDS).fill(-1);
  #enabled = true;
  #state: SourceState = 'CONNECTING';
  #lastMessageMs: number | null = null;
  #messages = 0;
  #rejected = 0;
  #gaps = 0;
  #resyncs = 0;
  #checksumFailures = 0;
  #badPrints = 0;
  #schemaDrifts = 0;
  #lastError: string | null = null;

  constructor(identity: SourceIdentity, now: () => number) {
    this.identity = identity;
    this.#now = now;
  }

  get id(): string {
    return this.identity.id;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    // Files are there when somebody asks for them; everything else has to be reached first.
    this.#state = !enabled ? 'DISABLED' : this.identity.kind === 'FILE_IMPORT' ? 'LIVE' : 'CONNECTING';
  }

  received(count: number, rejected = 0): void {
    if (count === 0) return;
    const nowMs = this.#now();
    const second = Math.floor(nowMs / 1000);
    const slot = second % RATE_WINDOW_SECONDS;
    if (this.#seconds[slot] !== second) [this.#seconds[slot], this.#counts[slot]] = [second, 0];
    this.#counts[slot]! += count;
    this.#messages += count;
    this.#rejected += rejected;
    this.#lastMessageMs = nowMs;
  }

  resyncing(): void {
    this.#state = 'RESYNCING';
  }

  /** The flow is whole: after an interruption that counts as a resync. */
  live(): void {
    if (this.#gaps > this.#resyncs) this.#resyncs = this.#gaps;
    this.#state = 'LIVE';
  }

  /** The far side is gone; counts one gap until the flow is whole again. */
  interrupted(reason: string): void {
    if (this.#gaps === this.#resyncs) this.#gaps += 1;
    this.#state = 'BACKOFF';
    this.failed(reason);
  }

  /** The far side is there and says nothing. */
  stale(reason: string): void {
    this.#state = 'STALE';
    this.failed(reason);
  }

  /** One of its books lost its thread; `live` says that all are whole again. */
  gapped(reason: string): void {
    this.#gaps += 1;
    this.#state = 'RESYNCING';
    this.failed(reason);
  }

  checksumFailed(): void {
    this.#checksumFailures += 1;
  }

  /** A trade or a bar that cannot be true. */
  badPrint(): void {
    this.#badPrints += 1;
  }

  /** The venue sends a field that it did not, or no longer one that it did. */
  drifted(): void {
    this.#schemaDrifts += 1;
  }

  failed(reason: string): void {
    this.#lastError = reason.slice(0, MAX_ERROR_CHARACTERS);
  }

  snapshot(): SourceSnapshot {
    const nowMs = this.#now();
    const oldest = Math.floor(nowMs / 1000) - RATE_WINDOW_SECONDS;
    const recent = this.#counts.reduce((sum, count, slot) => (this.#seconds[slot]! > oldest ? sum + count : sum), 0);
    const silent = this.identity.continuous && this.#state === 'LIVE' && nowMs - (this.#lastMessageMs ?? nowMs) > STALE_AFTER_MS;
    return {
      ...this.identity,
      enabled: this.#enabled,
      state: silent ? 'STALE' : this.#state,
      lastMessageMs: this.#lastMessageMs,
      messagesPerSecond: recent / RATE_WINDOW_SECONDS,
      messages: this.#messages,
      rejectedMessages: this.#rejected,
      gapsDetected: this.#gaps,
      resyncs: this.#resyncs,
      checksumFailures: this.#checksumFailures,
      badPrints: this.#badPrints,
      schemaDrifts: this.#schemaDrifts,
      lastError: this.#lastError,
    };
  }
}

/** @throws {ClientError} NOT_FOUND */
export function findSource(sources: readonly SourceHealth[], id: string): SourceHealth {
  const source = sources.find((candidate) => candidate.id === id);
  if (!source) throw new ClientError('NOT_FOUND', `there is no data source ${JSON.stringify(id)}`, { field: ['input', 'id'] });
  return source;
}
