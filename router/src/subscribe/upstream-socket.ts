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

/** A subscription on this socket. */
interface Active {
  /** Whether it surely travels on the socket that is open. */
  isSent: boolean;
  readonly lost: () => void;
}

/** How graphql-ws closes a socket that nobody needs any more. */
const NORMAL_CLOSURE = 1000;
const PING_INTERVAL_MS = 10_000;
const PONG_TIMEOUT_MS = 5_000;
const ACKNOWLEDGE_TIMEOUT_MS = 5_000;

export class UpstreamSocket implements AsyncDisposable {
  readonly #client: Client;
  readonly #active = new Set<Active>();
  #pongTimer: NodeJS.Timeout | undefined;
  #isOpen = false;

  /**
   * @param url - the subgraph's HTTP URL.
   * @param headers - of the upgrade; all subscriptions of the socket have them in common.
   */
  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.#client = createClient({
      url: url.replace(/^http/, 'ws'),
      webSocketImpl: class extends WebSocket {
        constructor(address: string, protocols?: string | string[]) {
          super(address, protocols, { headers });
        }
      },
      lazy: true,
      keepAlive: PING_INTERVAL_MS,
      connectionAckWaitTimeout: ACKNOWLEDGE_TIMEOUT_MS,
      retryAttempts: 0,
      on: {
        ping: (received) => this.#onPing(received),
        pong: (received) => this.#onPong(received),
        connected: () => this.#onConnected(),
        closed: (event) => this.#onClosed((event as { readonly code?: number }).code),
      },
    });
  }

  /** @returns ends the subscription at once. */
  subscribe(payload: SubscribePayload, sink: UpstreamSink): () => void {
    let open = true;
    const once = (tell: () => void): void => {
      if (!open) return;
      open = false;
      this.#active.delete(active);
      tell();
    };
    const lost = (): void => once(() => sink.lost(this.#isOpen));
    // The first on an open socket may meet the end of it: graphql-ws closes behind the last one and opens again for this.
    const active: Active = { isSent: this.#isOpen && this.#active.size > 0, lost };
    this.#active.add(active);
    const unsubscribe = this.#client.subscribe(payload, {
      next: ({ data, errors }) => {
        active.isSent = true;
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

  #onConnected(): void {
    this.#isOpen = true;
    for (const active of this.#active) active.isSent = true;
  }

  #onClosed(code: number | undefined): void {
    clearTimeout(this.#pongTimer);
    for (const { isSent, lost } of [...this.#active]) if (isSent || code !== NORMAL_CLOSURE) lost();
    this.#isOpen = false;
  }
}
