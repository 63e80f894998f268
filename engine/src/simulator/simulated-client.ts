// A client of the simulated engine: one command at a time, sent again until it is answered, under the same clientOrderId;
// now and then once more after that, as if the answer had been lost on the way.

import type { CommandResult, EngineCommand } from '@mib/proto/engine-commands';
import type { SeededRandom } from './seeded-random.ts';

/** How often a client doubts an answer. */
const DOUBT = 0.1;
const REMEMBERED_ORDERS = 8;

/** What makes up a client's commands. */
export interface Trade {
  readonly random: SeededRandom;
  /** Commands so far: names the next one. */
  readonly count: number;
  /** Newest first. */
  readonly orders: readonly number[];
  readonly nowMicros: number;
}

export class SimulatedClient {
  readonly name: string;
  readonly #random: SeededRandom;
  readonly #invent: (trade: Trade) => EngineCommand;
  readonly #orders: number[] = [];
  #count = 0;
  #last: EngineCommand | undefined;
  /** To be answered. */
  pending: EngineCommand | undefined;
  /** The engine that was given it is still alive. */
  isSent = false;

  constructor(name: string, random: SeededRandom, invent: (trade: Trade) => EngineCommand) {
    this.name = name;
    this.#random = random;
    this.#invent = invent;
  }

  /** What to send now. */
  next(nowMicros: number): EngineCommand {
    this.pending ??= this.#last && this.#random.isTrue(DOUBT) ? this.#last : this.#invent({ random: this.#random, count: this.#count++, orders: this.#orders, nowMicros });
    return this.pending;
  }

  /** @returns the command that this is the answer to. */
  answered(result: CommandResult): EngineCommand {
    const command = this.pending!;
    this.pending = undefined;
    this.isSent = false;
    if (isKeyed(command)) this.#last = command;
    if (command.kind === 'PlaceOrder' && result.code === 'OK') this.#orders.unshift(result.orderId);
    this.#orders.length = Math.min(this.#orders.length, REMEMBERED_ORDERS);
    return command;
  }
}

/** A command that the engine recognises when it comes again. */
export function isKeyed(command: EngineCommand): command is EngineCommand & { readonly kind: 'PlaceOrder' | 'AdjustCash' } {
  return command.kind === 'PlaceOrder' || command.kind === 'AdjustCash';
}
