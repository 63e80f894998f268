// Follows the engine's events across reconnects: every batch says through which sequence all events have been seen, and
// the next stream begins right there, so nothing is missed or repeated.

import { status, type ClientReadableStream } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import { InvalidValueError } from '@mib/model/invalid-value';
import { decodeEvent } from '../decode-event.ts';
import { codeOf, EVENT_KINDS, type EventKind } from '../engine-codes.ts';
import type { EngineEvent } from '../engine-events.ts';
import type { StreamEventsRequest, StreamEventsResponse } from '../generated/mib/engine/v1/engine.ts';
import { alignedViews, RECORD_BYTES } from '../layout-record.ts';
import { EngineUnavailableError } from './engine-unavailable-error.ts';

/** First and longest pause before another try; it doubles in between. */
const RECONNECT_MIN_MS = 50;
const RECONNECT_MAX_MS = 2_000;

type Open = (request: StreamEventsRequest) => ClientReadableStream<StreamEventsResponse>;

interface Follow {
  readonly after: number;
  readonly kinds?: readonly EventKind[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export async function* followEvents(open: Open, options: Follow): AsyncGenerator<readonly EngineEvent[]> {
  const { signal } = options;
  const kinds = (options.kinds ?? []).map((kind) => codeOf(EVENT_KINDS, kind));
  let after = options.after;
  let pauseMs = RECONNECT_MIN_MS;
  while (!signal?.aborted) {
    try {
      for await (const batch of readStream(open({ after: BigInt(after), kinds }), signal)) {
        pauseMs = RECONNECT_MIN_MS;
        if (batch.events.length > 0) yield batch.events;
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

async function* readStream(stream: ClientReadableStream<StreamEventsResponse>, signal: AbortSignal | undefined) {
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
  const { code, details } = error as { code?: number; details?: string };
  if (code === status.INVALID_ARGUMENT || code === status.OUT_OF_RANGE) throw new InvalidValueError('engine refused to stream events', details);
  if (code === status.UNAUTHENTICATED) throw new EngineUnavailableError('engine refuses the token', { sent: false, cause: error });
  if (code === undefined) throw error;
}
