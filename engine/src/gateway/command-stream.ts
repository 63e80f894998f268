// One client's packed stream. Bounded on both sides: it stops reading while too many of its commands are under way,
// while the ring is full, or while the client does not take its results.

import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import { InvalidValueError } from '@mib/model/invalid-value';
import type { SubmitPackedRequest, SubmitPackedResponse } from '@mib/proto/generated/mib/engine/v1/engine';
import { MAX_RECORDS_PER_MESSAGE } from '@mib/proto/layout-command';
import { RECORD_BYTES, type RecordViews } from '@mib/proto/layout-record';
import { RESULT_BYTES } from '@mib/proto/layout-result';
import type { CommandIntake } from './command-intake.ts';

/** Far beyond this, queueing costs more than it gains: 65,536 in flight ran at a fifth of the speed. */
const MAX_IN_FLIGHT = 16_384;
const FIRST_RESULTS = 64;

export type PackedCall = ServerDuplexStream<SubmitPackedRequest, SubmitPackedResponse>;

export class CommandStream {
  readonly id: number;
  readonly #call: PackedCall;
  readonly #intake: CommandIntake;
  #results = Buffer.allocUnsafe(FIRST_RESULTS * RESULT_BYTES);
  #resultCount = 0;
  #inFlight = 0;
  #blocked = false;
  #ended = false;
  #closed = false;

  constructor(id: number, call: PackedCall, intake: CommandIntake) {
    this.id = id;
    this.#call = call;
    this.#intake = intake;
    call.on('data', (request: SubmitPackedRequest) => this.#take(request.records));
    call.on('drain', () => this.#resumeIfRoom());
    call.on('end', () => {
      this.#ended = true;
      this.#endIfDone();
    });
  }

  /** Adds a result to the next message. */
  addResult(views: RecordViews, index: number): void {
    if (this.#resultCount * RESULT_BYTES === this.#results.length) this.#results = Buffer.concat([this.#results, Buffer.allocUnsafe(this.#results.length)]);
    const from = index * RECORD_BYTES;
    this.#results.set(views.bytes.subarray(from, from + RESULT_BYTES), this.#resultCount++ * RESULT_BYTES);
  }

  /** Sends the results collected. */
  flush(): void {
    const records = this.#results.subarray(0, this.#resultCount * RESULT_BYTES);
    this.#inFlight -= this.#resultCount;
    this.#resultCount = 0;
    if (this.#closed) return;
    this.#call.write({ records: Buffer.from(records) });
    this.#resumeIfRoom();
    this.#endIfDone();
  }

  /** Ends the call with an error; results still under way go nowhere. */
  fail(code: status, details: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#call.emit('error', { code, details });
  }

  /** The client is gone. */
  abandon(): void {
    this.#closed = true;
  }

  #take(records: Uint8Array): void {
    if (this.#closed) return;
    const count = records.byteLength / RECORD_BYTES;
    if (!Number.isInteger(count) || count < 1 || count > MAX_RECORDS_PER_MESSAGE) {
      return this.fail(status.INVALID_ARGUMENT, `records must be 1..${MAX_RECORDS_PER_MESSAGE} records of ${RECORD_BYTES} bytes, was ${records.byteLength} bytes`);
    }
    try {
      if (!this.#intake.offer(records, this.id)) return void this.#takeLater(records, count);
    } catch (error) {
      return this.#refuse(error);
    }
    this.#inFlight += count;
    if (this.#inFlight > MAX_IN_FLIGHT) this.#call.pause();
  }

  /** The one frame that did not fit waits here; no other is read meanwhile. */
  async #takeLater(records: Uint8Array, count: number): Promise<void> {
    this.#blocked = true;
    this.#call.pause();
    try {
      await this.#intake.waitForRoom(count);
    } catch (error) {
      return this.#refuse(error);
    }
    this.#blocked = false;
    this.#take(records);
    this.#resumeIfRoom();
  }

  #refuse(error: unknown): void {
    if (error instanceof InvalidValueError) this.fail(status.INVALID_ARGUMENT, error.message);
    else this.fail(status.UNAVAILABLE, 'the engine has stopped');
  }

  #resumeIfRoom(): void {
    if (!this.#blocked && !this.#closed && this.#inFlight <= MAX_IN_FLIGHT && !this.#call.writableNeedDrain && this.#call.isPaused()) this.#call.resume();
  }

  #endIfDone(): void {
    if (!this.#ended || this.#inFlight > 0 || this.#blocked || this.#closed) return;
    this.#closed = true;
    this.#call.end();
  }
}
