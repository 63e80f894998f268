// Live values inside one process: one publisher, many subscribers, each with a bounded queue of its own, so that a slow
// subscriber costs itself and nobody else. Nothing is kept for later; what must survive goes over the event bus.

import { ClientError } from './errors.ts';

export interface TopicSubscribeOptions<T> {
  readonly filter?: (value: T) => boolean;
  /** Values waiting for a subscriber that is busy, at least 1. */
  readonly maxQueued: number;
  /** What happens to one value too many: the oldest goes, or the subscription ends with UNAVAILABLE. */
  readonly overflow: 'drop-oldest' | 'close';
  readonly signal?: AbortSignal;
}

export class LiveTopic<T> {
  readonly #subscribers = new Set<TopicSubscription<T>>();

  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  publish(value: T): void {
    for (const subscriber of this.#subscribers) subscriber.offer(value);
  }

  /** Begins at once: values published after this call are seen even before the first `next`. */
  subscribe(options: TopicSubscribeOptions<T>): AsyncIterableIterator<T> {
    const subscription = new TopicSubscription(options, () => this.#subscribers.delete(subscription));
    if (!options.signal?.aborted) this.#subscribers.add(subscription);
    return subscription;
  }
}

class TopicSubscription<T> implements AsyncIterableIterator<T> {
  readonly #queue: T[] = [];
  readonly #waiting: { resolve: (result: IteratorResult<T>) => void; reject: (error: Error) => void }[] = [];
  readonly #options: TopicSubscribeOptions<T>;
  readonly #leave: () => void;
  #ended = false;
  #failure: Error | undefined;

  constructor(options: TopicSubscribeOptions<T>, leave: () => void) {
    this.#options = options;
    this.#leave = leave;
    if (options.signal?.aborted) this.#ended = true;
    else options.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  offer(value: T): void {
    if (this.#ended || this.#options.filter?.(value) === false) return;
    const waiting = this.#waiting.shift();
    if (waiting) return waiting.resolve({ value, done: false });
    if (this.#queue.length >= this.#options.maxQueued) {
      if (this.#options.overflow === 'close') return this.#fail();
      this.#queue.shift();
    }
    this.#queue.push(value);
  }

  next(): Promise<IteratorResult<T>> {
    const value = this.#queue.shift();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    if (this.#failure) {
      const failure = this.#failure;
      this.#failure = undefined;
      return Promise.reject(failure);
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<T>> {
    this.#queue.length = 0;
    this.#end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #abort = (): void => void this.return();

  #fail(): void {
    this.#failure = new ClientError('UNAVAILABLE', `subscriber fell more than ${this.#options.maxQueued} values behind; subscribe again`);
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#leave();
    for (const { resolve } of this.#waiting.splice(0)) resolve({ value: undefined, done: true });
  }
}
