// All open readers of events: who may begin, where each one stands, and how they end when the engine drains.

import { Metadata, status, type ServerWritableStream } from '@grpc/grpc-js';
import { FIRST_SEQUENCE_METADATA } from '@mib/proto/client/events-removed-error';
import { checkInteger } from '@mib/proto/command-rules';
import { EVENT_KINDS } from '@mib/proto/engine-codes';
import type { StreamEventsRequest } from '@mib/proto/generated/mib/engine/v1/engine';
import { EventOutOfRangeError } from '../event-log/event-log-files.ts';
import type { RecentEvents } from '../publisher/recent-events.ts';
import { asStatus } from './as-status.ts';
import { streamEvents, type EventCall, type ReaderState } from './event-stream.ts';
import { DRAINING } from './refusals.ts';

/** Each may hold a stride of events and MAX_UNSENT batches, 2 MiB in all. */
const MAX_READERS = 256;
/** Members of one filter. */
const MAX_FILTER = 4_096;

export class EventReaders {
  readonly #recent: RecentEvents;
  readonly #directory: string;
  readonly #draining = new AbortController();
  readonly #readers = new Set<ReaderState>();

  constructor(options: { recent: RecentEvents; directory: string }) {
    this.#recent = options.recent;
    this.#directory = options.directory;
  }

  get open(): ReadonlySet<Readonly<ReaderState>> {
    return this.#readers;
  }

  /** Serves one reader until either side ends it. */
  async serve(call: EventCall): Promise<void> {
    const state: ReaderState = { through: Number(call.request.after), unsent: 0 };
    try {
      this.#admit(call.request);
      this.#readers.add(state);
      await streamEvents(call, this.#directory, this.#recent, this.#draining.signal, state);
      if (this.#draining.signal.aborted) throw DRAINING;
    } catch (error) {
      (call as ServerWritableStream<unknown, unknown>).emit('error', error instanceof EventOutOfRangeError ? removed(error) : asStatus(error));
    } finally {
      this.#readers.delete(state);
    }
  }

  /** Ends every reader with UNAVAILABLE as soon as it has been handed all there is. */
  drain(): void {
    this.#draining.abort();
  }

  #admit(request: StreamEventsRequest): void {
    if (this.#draining.signal.aborted) throw DRAINING;
    if (this.#readers.size >= MAX_READERS) throw { code: status.RESOURCE_EXHAUSTED, details: `at most ${MAX_READERS} readers of events may be open` };
    for (const list of [request.kinds, request.instrumentNumbers, request.accountNumbers]) checkInteger('members of a filter', list.length, 0, MAX_FILTER);
    request.kinds.forEach((kind) => checkInteger('kinds', kind, 1, EVENT_KINDS.length));
    const last = this.#recent.lastSequence;
    if (Number(request.after) > last) throw { code: status.OUT_OF_RANGE, details: `after must be at most ${last}, the last event, was ${request.after}` };
  }
}

/** The retention of the log has overtaken the reader. */
function removed({ firstAvailable }: EventOutOfRangeError) {
  const metadata = new Metadata();
  metadata.set(FIRST_SEQUENCE_METADATA, String(firstAvailable));
  return { code: status.OUT_OF_RANGE, details: `events before ${firstAvailable} have been removed: after must be at least ${firstAvailable - 1}`, metadata };
}
