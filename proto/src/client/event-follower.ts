// Follows the engine's events across reconnects: every batch says through which sequence all events have been seen, and
// the next stream begins right there, so nothing is missed or repeated.

import { status, type ClientReadableStream, type ServiceError } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import { InvalidValueError } from '@mib/model/invalid-value';
import { decodeEvent } from '../decode-event.ts';
import { codeOf, EVENT_KINDS, type EventKind } from '../engine-codes.ts';
import type { EngineEvent } from '../engine-events.ts';
import type { StreamEventsRequest, StreamEventsResponse } from '../generated/mib/engine/v1/engine.ts';
import { alignedViews, RECORD_BYTES } from '../layout-record.ts';
import { EventsRemovedError, FIRST_SEQUENCE_METADATA } from './events-removed-error.ts';
import { EngineUnavailableError } from './engine-unavailable-error.ts';

/** First and longest pause before another try; it doubles in between. */
const RECONNECT_MIN_MS = 50;
const RECONNECT_MAX_MS = 2_000;

type Open = (request: StreamEventsRequest) => ClientReadableStream<StreamEventsResponse>;

/** Which events; all when nothing is given. */
export interface EventsWanted {
  /** The last event sequence already seen; 0 reads from the start. */
  readonly after: number;
  /** Only these kinds. */
  readonly kinds?: readonly EventKind[] | undefined;
  /** Only events that name one of these instruments, or all instruments at once. */
  readonly instrumentNumbers?: readonly number[] | undefined;
  /** Only events that name one of these accounts (in a trade: either side), or all accounts at once. */
  readonly accountNumbers?: readonly number[] | undefined;
  /** Leave out a LevelChanged that a newer one of the same price in the same batch has overtaken. */
  readonly conflateLevels?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface EventBatch {
  /** In order, at most 1024; none when a long stretch, or all that there was at the start, held nothing that was asked for. */
  readonly events: readonly EngineEvent[];
  /** Every event up to here has been looked at: the `after` to resume from. */
  readonly through: number;
}

export async function* followEvents(open: Open, options: EventsWanted): AsyncGenerator<EventBatch> {
  const { signal } = options;
  const filters = {
    kinds: (options.kinds ?? []).map((kind) => codeOf(EVENT_KINDS, kind)),
    instrumentNumbers: [...(options.instrumentNumbers ?? [])],
    accountNumbers: [...(options.accountNumbers ?? [])],
    conflateLevels: options.conflateLevels ?? false,
  };
  let after = options.after;
  let pauseMs = RECONNECT_MIN_MS;
  while (!signal?.aborted) {
    try {
      for await (const batch of readStream(open({ after: BigInt(after), ...filters }), signal)) {
        pauseMs = RECONNECT_MIN_MS;
        yield batch;
        after = batch.through;
      }
    } catch (error) {
      if (signal?.aborted) return;
      throwUnlessTransient(error);
    }
    await delay(pauseMs, undefined, signal ? { signal } : {}).catch(() => undefined);
    pauseMs = Math.min(2 * pauseMs, RECONNECT_MAX_MS);
  }
}

async function* readStream(stream: ClientReadableStream<StreamEventsResponse>, signal: AbortSignal | undefined): AsyncGenerator<EventBatch> {
  const cancel = (): void => stream.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    for await (const response of stream as AsyncIterable<StreamEventsResponse>) {
      if (signal?.aborted) return;
      yield { events: decodeBatch(response.records), through: Number(response.through) };
    }
  } finally {
    signal?.removeEventListener('abort', cancel);
    stream.on('error', () => undefined); // a cancelled call reports CANCELLED to nobody in particular
    stream.cancel();
  }
}

function decodeBatch(records: Uint8Array): EngineEvent[] {
  if (records.byteLength === 0) return [];
  const views = alignedViews(records);
  return Array.from({ length: records.byteLength / RECORD_BYTES }, (_, index) => decodeEvent(views, index));
}

function throwUnlessTransient(error: unknown): void {
  const { code, details, metadata } = error as Partial<ServiceError>;
  const first = metadata?.get(FIRST_SEQUENCE_METADATA)[0];
  if (code === status.OUT_OF_RANGE && first !== undefined) throw new EventsRemovedError(Number(first), { cause: error });
  if (code === status.INVALID_ARGUMENT || code === status.OUT_OF_RANGE) throw new InvalidValueError('engine refused to stream events', details);
  if (code === status.UNAUTHENTICATED) throw new EngineUnavailableError('engine refuses the token', { sent: false, cause: error });
  if (code === undefined) throw error;
}
