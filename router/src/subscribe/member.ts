// One client's place in a group, and what it still has to receive. While its connection keeps up, events pass straight
// through; when it does not, they wait here, bounded, by the policy of the stream. Nobody waits for a slow client: pushing
// never blocks.

import { RequestRefused } from '../respond/graph-error.ts';
import type { SharedResult } from './shared-result.ts';
import type { Overflow } from './subscriptions-config.ts';

/** A client's connection, as a stream sees it. */
export interface Receiver {
  /** Whether the connection holds as many unread bytes as it may; it calls {@link ResultStream.drained} when that ends. */
  readonly isFull: boolean;
  next(result: SharedResult): void;
  /** The last call; with the reason unless the stream ended by itself. */
  end(refusal?: RequestRefused): void;
}

/** A stream of results, as a client's connection sees it. */
export interface ResultStream {
  /** Delivers what has come since the stream was made, and everything from then on. */
  open(receiver: Receiver): void;
  drained(): void;
  /** The client leaves; its receiver hears nothing more. */
  leave(): void;
}

/** Results that a client may lag behind, beyond what its connection buffers. */
export const MAX_WAITING_RESULTS = 64;
/** Things whose newest state waits; beyond it the state that has waited longest goes. */
export const MAX_WAITING_STATES = 1_000;

export class Member implements ResultStream {
  readonly #overflow: Overflow;
  readonly #onLeave: (() => void)[] = [];
  /** By order of arrival, or by the thing of which it is a state. */
  #waiting: Map<unknown, SharedResult> | undefined;
  #receiver: Receiver | undefined;
  #arrivals = 0;
  #ended = false;
  /** What the receiver has yet to hear behind all that waits. */
  #farewell: { readonly refusal: RequestRefused | undefined } | undefined;

  constructor(overflow: Overflow) {
    this.#overflow = overflow;
  }

  /** Registers what to do once, when the client leaves or its stream ends. */
  onLeave(callback: () => void): void {
    this.#onLeave.push(callback);
  }

  /** @param key - the thing of which this is a state; counts only where states are coalesced. */
  push(result: SharedResult, key?: unknown): void {
    if (this.#ended) return;
    const receiver = this.#receiver;
    if (receiver && !this.#waiting && !receiver.isFull) receiver.next(result);
    else this.#wait(result, key);
  }

  /** Ends the stream behind what waits. */
  end(refusal?: RequestRefused): void {
    if (this.#ended) return;
    this.#finish();
    this.#farewell = { refusal };
    this.drained();
  }

  /** Ends the stream now; what waits is lost. */
  cut(refusal: RequestRefused): void {
    if (this.#ended) return;
    this.#waiting = undefined;
    this.#finish();
    this.#farewell = { refusal };
    this.#sayFarewell();
  }

  open(receiver: Receiver): void {
    this.#receiver = receiver;
    this.drained();
  }

  drained(): void {
    const receiver = this.#receiver;
    if (!receiver) return;
    for (const [key, result] of this.#waiting ?? []) {
      if (receiver.isFull) return;
      this.#waiting?.delete(key);
      receiver.next(result);
      if (this.#receiver !== receiver) return;
    }
    this.#waiting = undefined;
    this.#sayFarewell();
  }

  leave(): void {
    this.#waiting = undefined;
    this.#receiver = undefined;
    if (!this.#ended) this.#finish();
  }

  #wait(result: SharedResult, key: unknown): void {
    const waiting = (this.#waiting ??= new Map());
    const coalesces = this.#overflow === 'coalesce';
    const place = coalesces ? key : this.#arrivals++;
    waiting.delete(place);
    waiting.set(place, result);
    if (waiting.size <= (coalesces ? MAX_WAITING_STATES : MAX_WAITING_RESULTS)) return;
    if (this.#overflow === 'close') return this.cut(RequestRefused.because(503, 'SLOW_CONSUMER', `the client fell more than ${MAX_WAITING_RESULTS} events behind`));
    const [oldest] = waiting.keys();
    waiting.delete(oldest);
  }

  #finish(): void {
    this.#ended = true;
    for (const callback of this.#onLeave) callback();
  }

  #sayFarewell(): void {
    const farewell = this.#farewell;
    if (!farewell || !this.#receiver) return;
    this.#farewell = undefined;
    this.#receiver.end(farewell.refusal);
  }
}
