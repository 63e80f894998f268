// Sends commands coalesced on one packed stream and hands each its result. Results may come back in any grouping; the
// request id finds the waiting caller. Bounds: in flight and waiting, so a slow engine slows callers, not memory.

import { status } from '@grpc/grpc-js';
import { InvalidValueError } from '@mib/model/invalid-value';
import { decodeResult } from '../decode-result.ts';
import { encodeCommand } from '../encode-command.ts';
import type { CommandResult, EngineCommand } from '../engine-commands.ts';
import type { SubmitPackedResponse } from '../generated/mib/engine/v1/engine.ts';
import { alignedViews, RECORD_BYTES, recordViews } from '../layout-record.ts';
import { RESULT, RESULT_BYTES, RESULT_WORDS } from '../layout-result.ts';
import type { PackedStream } from './channel-options.ts';
import { EngineUnavailableError } from './engine-unavailable-error.ts';

/** More than the engine acknowledges in a few milliseconds gains nothing. */
const MAX_IN_FLIGHT = 8_192;
/** Commands per message: past this the packing itself costs nothing any more. */
const MAX_PER_MESSAGE = 512;
/** Callers that wait for a place in flight; more are turned away. */
const MAX_WAITING = 65_536;

interface Waiting {
  readonly command: EngineCommand;
  readonly resolve: (result: CommandResult) => void;
  readonly reject: (error: unknown) => void;
}

export class PackedSubmitter {
  readonly #open: () => PackedStream;
  readonly #views = recordViews(new ArrayBuffer(MAX_PER_MESSAGE * RECORD_BYTES));
  readonly #inFlight = new Map<number, Waiting>();
  #waiting: Waiting[] = [];
  #stream: PackedStream | undefined;
  #nextRequestId = 1;
  #flushScheduled = false;
  #closed = false;

  /** @param open - opens a new packed stream; called again after one has ended. */
  constructor(open: () => PackedStream) {
    this.#open = open;
  }

  submit(command: EngineCommand): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new EngineUnavailableError('engine client is closed', { sent: false }));
      if (this.#waiting.length >= MAX_WAITING) return reject(new EngineUnavailableError(`more than ${MAX_WAITING} commands wait for the engine`, { sent: false }));
      this.#waiting.push({ command, resolve, reject });
      this.#scheduleFlush();
    });
  }

  close(): void {
    this.#closed = true;
    this.#stream?.cancel();
    this.#fail(new EngineUnavailableError('engine client was closed', { sent: true }));
  }

  /** Lets all callers of one turn of the event loop share a message. */
  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    let taken = 0;
    while (taken < this.#waiting.length && this.#inFlight.size < MAX_IN_FLIGHT) taken = this.#sendMessage(taken);
    this.#waiting = taken === this.#waiting.length ? [] : this.#waiting.slice(taken);
  }

  /** Packs waiting commands from `taken` on into one message; returns how many have left the line by then. */
  #sendMessage(taken: number): number {
    let records = 0;
    while (taken < this.#waiting.length && records < MAX_PER_MESSAGE && this.#inFlight.size < MAX_IN_FLIGHT) {
      const waiting = this.#waiting[taken++]!;
      const requestId = this.#takeRequestId();
      try {
        encodeCommand(this.#views, records, waiting.command, requestId);
      } catch (error) {
        waiting.reject(error);
        continue;
      }
      this.#inFlight.set(requestId, waiting);
      records++;
    }
    if (records > 0) this.#openStream().write({ records: Buffer.from(this.#views.bytes.subarray(0, records * RECORD_BYTES)) });
    return taken;
  }

  #takeRequestId(): number {
    const requestId = this.#nextRequestId;
    this.#nextRequestId = (requestId + 1) & 0x7fffffff;
    return requestId;
  }

  #openStream(): PackedStream {
    if (this.#stream) return this.#stream;
    const stream = this.#open();
    this.#stream = stream;
    stream.on('data', (response: SubmitPackedResponse) => this.#settle(response.records));
    stream.on('error', (error: Error & { code?: number; details?: string }) => this.#end(stream, asSubmitError(error)));
    stream.on('end', () => this.#end(stream, new EngineUnavailableError('engine ended the command stream', { sent: true })));
    return stream;
  }

  #settle(records: Uint8Array): void {
    const views = alignedViews(records);
    for (let word = 0; word < records.byteLength / 4; word += RESULT_WORDS) {
      const requestId = views.words[word + RESULT.REQUEST_ID]!;
      const waiting = this.#inFlight.get(requestId);
      if (!waiting) continue;
      this.#inFlight.delete(requestId);
      waiting.resolve(decodeResult(views, word));
    }
    if (records.byteLength % RESULT_BYTES !== 0) this.#stream?.destroy(new Error(`packed results of ${records.byteLength} bytes are cut`));
    if (this.#waiting.length > 0) this.#scheduleFlush();
  }

  #end(stream: PackedStream, error: Error): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    this.#fail(error);
  }

  #fail(error: Error): void {
    const failed = [...this.#inFlight.values()];
    this.#inFlight.clear();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of failed) one.reject(error);
    for (const one of waiting) one.reject(new EngineUnavailableError(error.message, { sent: false, cause: error }));
  }
}

function asSubmitError(error: Error & { code?: number; details?: string }): Error {
  const message = error.details || error.message;
  if (error.code === status.INVALID_ARGUMENT) return new InvalidValueError('engine refused a command', message);
  return new EngineUnavailableError(`engine is unavailable: ${message}`, { sent: true, cause: error });
}
