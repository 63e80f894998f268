// One client's packed stream. Bounded on both sides: it stops reading while too many of its commands are held, that is
// under way or answered and not yet taken by the client's connection, and while the ring is full. A client that sends
// and never reads so costs MAX_HELD results, whatever it sends.

import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import { InvalidValueError } from '@mib/model/invalid-value';
import type { SubmitPackedRequest, SubmitPackedResponse } from '@mib/proto/generated/mib/engine/v1/engine';
import { MAX_RECORDS_PER_MESSAGE } from '@mib/proto/layout-command';
import { RECORD_BYTES, RECORD_WORDS, type RecordViews } from '@mib/proto/layout-record';
import { RESULT_BYTES, RESULT_WORDS } from '@mib/proto/layout-result';
import { monotonicMs } from '../latency/monotonic-clock.ts';
import type { CommandIntake } from './command-intake.ts';
import { DEADLINE_PASSED, DRAINING, hasPassed } from './refusals.ts';

/** Far beyond this, queueing costs more than it gains: 65,536 in flight ran at a fifth of the speed. */
const MAX_IN_FLIGHT = 16_384;
/** The frame that crosses the line is still taken. Results of 64 bytes: 1.3 MiB a stream. */
export const MAX_HELD = MAX_IN_FLIGHT + MAX_RECORDS_PER_MESSAGE;
const FIRST_RESULTS = 64;

export type PackedCall = ServerDuplexStream<SubmitPackedRequest, SubmitPackedResponse>;

export class CommandStream {
  readonly id: number;
  readonly #call: PackedCall;
  readonly #intake: CommandIntake;
  /** Collected for the next message. */
  #results = new Int32Array(FIRST_RESULTS * RESULT_WORDS);
  #resultCount = 0;
  #held = 0;
  #blocked = false;
  #ended = false;
  #draining = false;
  #closed = false;

  constructor(id: number, call: PackedCall, intake: CommandIntake) {
    this.id = id;
    this.#call = call;
    this.#intake = intake;
    call.on('data', (request: SubmitPackedRequest) => this.#take(request.records, monotonicMs()));
    call.on('end', () => {
      this.#ended = true;
      this.#endIfDone();
    });
  }

  /** Commands under way, or answered and not yet taken by the client's connection; at most MAX_HELD. */
  get held(): number {
    return this.#held;
  }

  /** Adds a result to the next message; word by word, since a view for each would be garbage by the million. */
  addResult({ words }: RecordViews, index: number): void {
    if (this.#resultCount * RESULT_WORDS === this.#results.length) this.#results = doubled(this.#results);
    const results = this.#results;
    const from = index * RECORD_WORDS;
    const to = this.#resultCount++ * RESULT_WORDS;
    for (let i = 0; i < RESULT_WORDS; i++) results[to + i] = words[from + i]!;
  }

  /** Sends the results collected. */
  flush(): void {
    const count = this.#resultCount;
    this.#resultCount = 0;
    if (this.#closed) return;
    const records = Buffer.from(this.#results.buffer.slice(0, count * RESULT_BYTES));
    this.#call.write({ records }, () => this.#sent(count));
  }

  /** Takes no more commands; ends once those under way are answered. */
  drain(): void {
    this.#draining = true;
    this.#call.pause();
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

  #take(records: Uint8Array, arrivedMs: number): void {
    if (this.#closed || this.#draining) return;
    if (hasPassed(this.#call.getDeadline())) return this.fail(DEADLINE_PASSED.code, DEADLINE_PASSED.details);
    const count = records.byteLength / RECORD_BYTES;
    if (!Number.isInteger(count) || count < 1 || count > MAX_RECORDS_PER_MESSAGE) {
      return this.fail(status.INVALID_ARGUMENT, `records must be 1..${MAX_RECORDS_PER_MESSAGE} records of ${RECORD_BYTES} bytes, was ${records.byteLength} bytes`);
    }
    try {
      if (!this.#intake.offer(records, this.id, arrivedMs)) return void this.#takeLater(records, count, arrivedMs);
    } catch (error) {
      return this.#refuse(error);
    }
    this.#held += count;
    if (this.#held > MAX_IN_FLIGHT) this.#call.pause();
  }

  /** The one frame that did not fit waits here; no other is read meanwhile. */
  async #takeLater(records: Uint8Array, count: number, arrivedMs: number): Promise<void> {
    this.#blocked = true;
    this.#call.pause();
    try {
      await this.#intake.waitForRoom(count);
    } catch (error) {
      return this.#refuse(error);
    }
    this.#blocked = false;
    this.#take(records, arrivedMs);
    this.#resumeIfRoom();
    this.#endIfDone();
  }

  #refuse(error: unknown): void {
    if (error instanceof InvalidValueError) this.fail(status.INVALID_ARGUMENT, error.message);
    else this.fail(status.UNAVAILABLE, 'the engine has stopped');
  }

  /** The client's connection has taken `count` results. */
  #sent(count: number): void {
    this.#held -= count;
    this.#resumeIfRoom();
    this.#endIfDone();
  }

  #resumeIfRoom(): void {
    if (!this.#blocked && !this.#closed && !this.#draining && this.#held <= MAX_IN_FLIGHT && this.#call.isPaused()) this.#call.resume();
  }

  #endIfDone(): void {
    if (this.#held > 0 || this.#blocked || this.#closed) return;
    if (this.#draining) return this.fail(DRAINING.code, DRAINING.details);
    if (!this.#ended) return;
    this.#closed = true;
    this.#call.end();
  }
}

function doubled(words: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(2 * words.length);
  grown.set(words);
  return grown;
}
