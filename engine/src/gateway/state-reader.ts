// Asks the core's thread and waits for the answer. The question goes to its port, a QUERY record into the ring: when the
// core reaches the record, everything taken before it has been applied.

import type { MessagePort } from 'node:worker_threads';
import { status } from '@grpc/grpc-js';
import type { StateAnswers, StateQuestion, StateReply } from '../workers/state-query.ts';
import type { CommandIntake } from './command-intake.ts';

/** Questions under way; more are told to come back. */
const MAX_QUESTIONS = 1_024;

interface Waiter {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

export class StateReader {
  readonly #port: MessagePort;
  readonly #intake: CommandIntake;
  readonly #waiters = new Map<number, Waiter>();
  #nextId = 1;
  #failure: string | undefined;

  constructor(port: MessagePort, intake: CommandIntake) {
    this.#port = port;
    this.#intake = intake;
    port.on('message', (reply: StateReply) => {
      const waiter = this.#waiters.get(reply.id);
      this.#waiters.delete(reply.id);
      if ('refused' in reply) waiter?.reject({ code: status.INVALID_ARGUMENT, details: reply.refused });
      else waiter?.resolve(reply.answer as never);
    });
    port.unref();
  }

  /** @throws a gRPC status when too many ask, the answer would be too large, or the engine has stopped. */
  async ask<K extends StateQuestion['kind']>(question: Extract<StateQuestion, { kind: K }>): Promise<StateAnswers[K]> {
    if (this.#waiters.size >= MAX_QUESTIONS) throw { code: status.RESOURCE_EXHAUSTED, details: `at most ${MAX_QUESTIONS} reads may be under way` };
    await this.#intake.waitForRoom(1).catch(() => undefined);
    if (this.#failure !== undefined) throw { code: status.UNAVAILABLE, details: this.#failure };
    const id = this.#nextId++;
    return new Promise<StateAnswers[K]>((resolve, reject) => {
      this.#waiters.set(id, { resolve, reject });
      this.#port.postMessage({ ...question, id });
      if (this.#intake.offerQuery()) return;
      this.#waiters.delete(id);
      reject({ code: status.RESOURCE_EXHAUSTED, details: 'the engine is busy' });
    });
  }

  failAll(details: string): void {
    this.#failure = details;
    for (const waiter of this.#waiters.values()) waiter.reject({ code: status.UNAVAILABLE, details });
    this.#waiters.clear();
    this.#port.close();
  }
}
