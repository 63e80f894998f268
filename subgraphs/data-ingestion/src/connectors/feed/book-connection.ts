// What one connection's opening, silence, damage and end mean for all books that come over it, whatever their protocol.

import type { Logger } from '@mib/service/logger';
import type { FeedHealth } from './contract.ts';
import { DecodeError } from './feed-error.ts';

export interface ConnectedBook {
  disconnected(reason: string): void;
  silent(reason: string): void;
  /** A connection that speaks stands again. */
  reopened(): void;
}

export interface BookConnectionOptions {
  readonly books: () => Iterable<ConnectedBook>;
  /** Reads a frame and acts on it. @throws {DecodeError} */
  readonly take: (frame: string) => void;
  /** A frame was not understood: nobody knows whose it was, so every book may have lost one. */
  readonly damaged: (reason: string) => void;
  readonly health: FeedHealth;
  readonly logger: Logger;
}

export class BookConnection {
  readonly #options: BookConnectionOptions;
  #isOpen = false;
  /** Nothing has come since the silence began. */
  #isSilent = false;
  #damageLogged = false;

  constructor(options: BookConnectionOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** A connection that was opened because the one before was silent has yet to speak. */
  opened(): void {
    this.#isOpen = true;
    this.#damageLogged = false;
    if (!this.#isSilent) for (const book of this.#options.books()) book.reopened();
  }

  closed(reason: string): void {
    this.#isOpen = false;
    for (const book of this.#options.books()) book.disconnected(reason);
    this.#options.health.interrupted(reason);
  }

  silent(reason: string): void {
    this.#isSilent = true;
    for (const book of this.#options.books()) book.silent(reason);
    this.#options.health.stale(reason);
  }

  frame(text: string): void {
    if (this.#isSilent) {
      this.#isSilent = false;
      for (const book of this.#options.books()) book.reopened();
    }
    try {
      this.#options.take(text);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#damaged(error.message);
    }
  }

  /** Nothing is asked for any more. */
  end(): void {
    this.#isOpen = false;
  }

  #damaged(reason: string): void {
    const { health, logger, damaged } = this.#options;
    health.received(1, 1);
    health.failed(reason);
    if (!this.#damageLogged) logger.warn({ reason }, 'feed frame not understood');
    this.#damageLogged = true;
    damaged(`damaged frame: ${reason}`);
  }
}
