// One graphql-transport-ws socket to a subgraph carries all its subscriptions. It opens with the first, pings while it
// lives, and closes after the last. When it breaks, every subscription on it is told once; whether and from
// where to go on is the subscriber's business, since a silent re-subscription would lose events.

import { createClient, type Client, type SubscribePayload } from 'graphql-ws';
import { WebSocket } from 'ws';
import { isObject, type JsonObject } from '../execute/json.ts';
import type { SubgraphError } from '../execute/subgraph-client.ts';

export interface UpstreamEvent {
  readonly data: JsonObject | null;
  readonly errors: readonly SubgraphError[];
}

/** Exactly one of the last three ends a subscription. */
export interface UpstreamSink {
  readonly next: (event: UpstreamEvent) => void;
  readonly complete: () => void;
  readonly refused: (errors: readonly SubgraphError[]) => void;
  /** The socket broke, or never opened: then the subgraph has not heard of the subscription. */
  readonly lost: (wasOpen: boolean) => void;
}

const PING_INTERVAL_MS = 10_000;
const PONG_TIMEOUT_MS = 5_000;
const ACKNOWLEDGE_TIMEOUT_MS = 5_000;

export class UpstreamSocket implements AsyncDisposable {
  readonly #client: Client;
  readonly #active = new Set<() => void>();
  #pongTimer: NodeJS.Timeout | undefined;
  #isOpen = false;

  /** @param url - the subgraph's HTTP URL. */
  constructor(url: string) {
    this.#client = createClient({
      url: url.replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      lazy: true,
      keepAlive: PING_INTERVAL_MS,
      connectionAckWaitTimeout: ACKNOWLEDGE_TIMEOUT_MS,
      retryAttempts: 0,
      on: {
        ping: (received) => this.#onPing(received),
        pong: (received) => this.#onPong(received),
        connected: () => (this.#isOpen = true),
        closed: () => this.#onClosed(),
      },
    });
  }

  /** @returns ends the subscription at once. */
  subscribe(payload: SubscribePayload, sink: UpstreamSink): () => void {
    let open = true;
    const once = (tell: () => void): void => {
      if (!open) return;
      open = false;
      this.#active.delete(lost);
      tell();
    };
    const lost = (): void => once(() => sink.lost(this.#isOpen));
    this.#active.add(lost);
    const unsubscribe = this.#client.subscribe(payload, {
      next: ({ data, errors }) => {
        if (open) sink.next({ data: isObject(data) ? data : null, errors: (errors ?? []) as readonly SubgraphError[] });
      },
      error: (error) => (Array.isArray(error) ? once(() => sink.refused(error as readonly SubgraphError[])) : lost()),
      complete: () => once(sink.complete),
    });
    return () => {
      once(() => undefined);
      unsubscribe();
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#pongTimer);
    await this.#client.dispose();
  }

  #onPing(received: boolean): void {
    if (!received) this.#pongTimer = setTimeout(() => this.#client.terminate(), PONG_TIMEOUT_MS);
  }

  #onPong(received: boolean): void {
    if (received) clearTimeout(this.#pongTimer);
  }

  #onClosed(): void {
    clearTimeout(this.#pongTimer);
    for (const lost of [...this.#active]) lost();
    this.#isOpen = false;
  }
}
