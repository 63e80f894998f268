// Brings each result back to the stream, or the single call, that its command came by. Stream 0 is the unary door.

import type { ServiceError } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { decodeResult } from '@mib/proto/decode-result';
import type { CommandResult, EngineCommand } from '@mib/proto/engine-commands';
import { encodeCommand } from '@mib/proto/encode-command';
import { RECORD_BYTES, RECORD_WORDS, recordViews, type RecordViews } from '@mib/proto/layout-record';
import { RESULT } from '@mib/proto/layout-result';
import type { ResultSink } from '../publisher/publisher.ts';
import type { CommandIntake } from './command-intake.ts';
import { CommandStream, type PackedCall } from './command-stream.ts';

const UNARY = 0;
/** Unary calls under way; more are told to come back. */
const MAX_UNARY_IN_FLIGHT = 4_096;
/** Streams open at once; each may hold MAX_IN_FLIGHT commands. */
const MAX_STREAMS = 1_024;

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
  #nextStream = UNARY + 1;
  #nextRequest = 1;
  #failure: string | undefined;

  constructor(intake: CommandIntake) {
    this.#intake = intake;
  }

  /** Serves a packed call until either side ends it. */
  openStream(call: PackedCall): void {
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
    };
    call.on('cancelled', forget);
    call.on('error', forget);
    call.on('finish', forget);
  }

  /**
   * Passes one command through the pipeline.
   *
   * @throws {InvalidValueError} naming the value; a gRPC status when there is no room or no engine any more.
   */
  async submit(command: EngineCommand): Promise<CommandResult> {
    if (this.#waiters.size >= MAX_UNARY_IN_FLIGHT) throw { code: status.RESOURCE_EXHAUSTED, details: `at most ${MAX_UNARY_IN_FLIGHT} commands may be under way` };
    await this.#intake.waitForRoom(1).catch(() => undefined);
    if (this.#failure !== undefined) throw { code: status.UNAVAILABLE, details: this.#failure };
    const request = this.#nextRequest;
    this.#nextRequest = (this.#nextRequest % 0x7fffffff) + 1;
    encodeCommand(this.#record, 0, command, request);
    if (!this.#intake.offer(this.#record.bytes, UNARY)) throw { code: status.RESOURCE_EXHAUSTED, details: 'the engine is busy' };
    return new Promise((resolve, reject) => this.#waiters.set(request, { resolve, reject }));
  }

  onResult(views: RecordViews, index: number): void {
    const id = views.words[index * RECORD_WORDS + RESULT.STREAM]!;
    if (id === UNARY) return this.#answer(views, index);
    const stream = this.#streams.get(id);
    if (!stream) return;
    stream.addResult(views, index);
    this.#dirty.add(stream);
  }

  flush(): void {
    for (const stream of this.#dirty) stream.flush();
    this.#dirty.clear();
  }

  /** Tells everyone that what is under way has an unknown outcome. */
  failAll(details: string): void {
    this.#failure = details;
    for (const stream of this.#streams.values()) stream.fail(status.UNAVAILABLE, details);
    for (const waiter of this.#waiters.values()) waiter.reject({ code: status.UNAVAILABLE, details });
    this.#streams.clear();
    this.#waiters.clear();
  }

  #answer(views: RecordViews, index: number): void {
    const request = views.words[index * RECORD_WORDS + RESULT.REQUEST_ID]!;
    this.#waiters.get(request)?.resolve(decodeResult(views, index * RECORD_WORDS));
    this.#waiters.delete(request);
  }
}
