// A transport without a socket, whose frames and failures a test says. Time stands still unless the test moves it.

import type { Transport, TransportHandlers, TransportOptions } from './transport.ts';

export class MemoryTransport {
  #handlers!: TransportHandlers;
  readonly #receive: (text: string) => void;
  open = false;

  /** @param receive - what the venue does with what the connector sends. */
  constructor(receive: (text: string) => void) {
    this.#receive = receive;
  }

  readonly connect = ({ handlers }: TransportOptions): Transport => {
    this.#handlers = handlers;
    return {
      send: (text) => this.open && this.#receive(text),
      restart: (reason) => this.close(reason),
      [Symbol.asyncDispose]: async () => undefined,
    };
  };

  establish(): void {
    this.open = true;
    this.#handlers.opened();
  }

  close(reason: string): void {
    if (!this.open) return;
    this.open = false;
    this.#handlers.closed(reason);
  }

  silence(): void {
    this.#handlers.silent('silent');
    this.close('silent');
  }

  frame(text: string): void {
    if (this.open) this.#handlers.frame(text);
  }

  tick(nowMs: number): void {
    this.#handlers.tick?.(nowMs);
  }
}
