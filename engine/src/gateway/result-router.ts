// Brings each result back to the stream, or the single call, that its command came by. Stream 0 is the unary door.

import { status, type Deadline, type ServiceError } from '@grpc/grpc-js';
import { decodeResult } from '@mib/proto/decode-result';
import type { CommandResult, EngineCommand } from '@mib/proto/engine-commands';
import { encodeCommand } from '@mib/proto/encode-command';
import { RECORD_BYTES, RECORD_WORDS, recordViews, type RecordViews } from '@mib/proto/layout-record';
import { RESULT } from '@mib/proto/layout-result';
import { monotonicMs } from '../latency/monotonic-clock.ts';
import type { ResultSink } from '../publisher/publisher.ts';
import type { CommandIntake } from './command-intake.ts';
import { CommandStream, type PackedCall } from './command-stream.ts';
import { CALLER_GONE, DEADLINE_PASSED, DRAINING, hasPassed } from './refusals.ts';

const UNARY = 0;
/** Unary calls under way; more are told to come back. */
const MAX_UNARY_IN_FLIGHT = 4_096;
/** Streams open at once; a service has one. Each may hold MAX_HELD results and a few frames that wait to be read. */
const MAX_STREAMS = 64;

/** What the unary door knows of its caller. */
export interface Caller {
  readonly cancelled: boolean;
  getDeadline(): Deadline;
}

interface Waiter {
  readonly resolve: (result: CommandResult) => void;
  readonly reject: (error: Partial<ServiceError>) => void;
}

export class ResultRouter implements ResultSink {
  readonly #intake: CommandIntake;
  readonly #streams = new Map<number, CommandStream>();
  readonly #waiters = new Map<number, Waiter>();
  readonly #record = recordViews(new ArrayBuffer(RECORD_BYTES));
  readonly #dirty = new Set<CommandStream>();
  /** Whose result came last; results of one frame stand together. */
  #latest: CommandStream | undefined;
  #nextStream = UNARY + 1;
  #nextRequest = 1;
  #failure: string | undefined;
  #draining = false;
  #drained: (() => void) | undefined;

  constructor(intake: CommandIntake) {
    this.#intake = intake;
  }

  /** Serves a packed call until either side ends it. */
  openStream(call: PackedCall): void {
    if (this.#draining) return void call.emit('error', DRAINING);
    if (this.#failure !== undefined || this.#streams.size >= MAX_STREAMS) {
      const details = this.#failure ?? `at most ${MAX_STREAMS} command streams may be open`;
      call.emit('error', { code: this.#failure === undefined ? status.RESOURCE_EXHAUSTED : status.UNAVAILABLE, details });
      return;
    }
    const stream = new CommandStream(this.#nextStream, call, this.#intake);
    this.#nextStream = (this.#nextStream % 0x7fffffff) + 1;
    this.#streams.set(stream.id, stream);
    const forget = (): void => {
      stream.abandon();
      this.#streams.delete(stream.id);
      this.#resolveIfDrained();
    };
    call.on('cancelled', forget);
    call.on('error', forget);
    call.on('finish', forget);
  }

  /**
   * Passes one command through the pipeline, unless its caller has stopped waiting before it is taken in. Once taken in
   * it is applied, whatever becomes of the caller.
   *
   * @throws {InvalidValueError} naming the value; a gRPC status when there is no room or no engine any more.
   */
  async submit(command: EngineCommand, caller: Caller): Promise<CommandResult> {
    const arrivedMs = monotonicMs();
    if (this.#waiters.size >= MAX_UNARY_IN_FLIGHT) throw { code: status.RESOURCE_EXHAUSTED, details: `at most ${MAX_UNARY_IN_FLIGHT} commands may be under way` };
    await this.#intake.waitForRoom(1).catch(() => undefined);
    if (this.#failure !== undefined) throw { code: status.UNAVAILABLE, details: this.#failure };
    if (this.#draining) throw DRAINING;
    if (caller.cancelled) throw CALLER_GONE;
    if (hasPassed(caller.getDeadline())) throw DEADLINE_PASSED;
    const request = this.#nextRequest;
    this.#nextRequest = (this.#nextRequest % 0x7fffffff) + 1;
    encodeCommand(this.#record, 0, command, request);
    if (!this.#intake.offer(this.#record.bytes, UNARY, arrivedMs)) throw { code: status.RESOURCE_EXHAUSTED, details: 'the engine is busy' };
    return new Promise((resolve, reject) => this.#waiters.set(request, { resolve, reject }));
  }

  onResult(views: RecordViews, index: number): void {
    const id = views.words[index * RECORD_WORDS + RESULT.STREAM]!;
    if (id === UNARY) return this.#answer(views, index);
    if (id !== this.#latest?.id) {
      this.#latest = this.#streams.get(id);
      if (this.#latest) this.#dirty.add(this.#latest);
    }
    this.#latest?.addResult(views, index);
  }

  flush(): void {
    for (const stream of this.#dirty) stream.flush();
    this.#dirty.clear();
    this.#latest = undefined;
  }

  /** Commands held for all packed streams; see CommandStream.held. */
  get held(): number {
    let held = 0;
    for (const stream of this.#streams.values()) held += stream.held;
    return held;
  }

  /** Takes nothing more; resolves when everything under way has been answered and every stream has ended. */
  drain(): Promise<void> {
    this.#draining = true;
    for (const stream of this.#streams.values()) stream.drain();
    return new Promise((resolve) => {
      this.#drained = resolve;
      this.#resolveIfDrained();
    });
  }

  /** Tells everyone that what is under way has an unknown outcome. */
  failAll(details: string): void {
    this.#failure = details;
    for (const stream of this.#streams.values()) stream.fail(status.UNAVAILABLE, details);
    for (const waiter of this.#waiters.values()) waiter.reject({ code: status.UNAVAILABLE, details });
    this.#streams.clear();
    this.#waiters.clear();
    this.#resolveIfDrained();
  }

  #answer(views: RecordViews, index: number): void {
    const request = views.words[index * RECORD_WORDS + RESULT.REQUEST_ID]!;
    this.#waiters.get(request)?.resolve(decodeResult(views, index * RECORD_WORDS));
    this.#waiters.delete(request);
    this.#resolveIfDrained();
  }

  #resolveIfDrained(): void {
    if (this.#streams.size === 0 && this.#waiters.size === 0) this.#drained?.();
  }
}
