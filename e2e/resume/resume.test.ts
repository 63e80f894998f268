// Twenty events; the socket is torn away after the fifth. The SDK comes back by itself and exactly 6 to 20 follow.

import { describe, expect, it } from '@jest/globals';
import { createClient } from '@mib/sdk/client';
import { WebSocket } from 'ws';
import { eventCursor, placeOrder, registerQuietInstrument, registerTrader } from '../people.ts';
import { sharedPlatform } from '../shared-platform.ts';

const ORDERS = 20;
const DROPPED_AFTER = 5;

describe('resume', () => {
  it.each(['ws', 'sse'] as const)('continues exactly behind the last event when the %s connection is lost', async (transport) => {
    const platform = sharedPlatform();
    const [trader, instrumentId] = await Promise.all([registerTrader(platform.url), registerQuietInstrument(platform)]);
    const connections = new Connections();
    const client = createClient({ url: `${platform.url}/graphql`, transport, getToken: () => trader.token, webSocketImpl: connections.webSocket, fetch: connections.fetch });
    const stop = new AbortController();
    const events = client.orderUpdated({ accountId: trader.accountId, after: await eventCursor(platform.url, trader) }, { signal: stop.signal });

    const seen: string[] = [];
    const reading = (async () => {
      for await (const { orderUpdated } of events) {
        seen.push(orderUpdated.order.clientOrderId);
        if (seen.length === DROPPED_AFTER) connections.dropAll();
        if (seen.length === ORDERS) return;
      }
    })();
    for (let i = 1; i <= ORDERS; i++) await placeOrder(platform.url, trader, { clientOrderId: `order-${i}`, instrumentId, side: 'BUY', quantity: '1', limitPrice: '1.00' });
    await reading;
    stop.abort();
    client.close();

    expect(seen).toEqual(Array.from({ length: ORDERS }, (_, i) => `order-${i + 1}`));
    expect(connections.opened).toBeGreaterThanOrEqual(2);
  });
});

/** Keeps hold of what the client opens, so that a test can cut the wire as a network does: without a closing word. */
class Connections {
  opened = 0;
  readonly #cuts = new Set<() => void>();

  readonly webSocket = ((connections: Connections) =>
    class extends WebSocket {
      constructor(url: string, protocols?: string | string[]) {
        super(url, protocols);
        connections.#opened(() => this.terminate());
      }
    })(this);

  readonly fetch: typeof globalThis.fetch = (input, init) => {
    const cut = new AbortController();
    this.#opened(() => cut.abort(new TypeError('terminated')));
    return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, cut.signal]) : cut.signal });
  };

  dropAll(): void {
    for (const cut of this.#cuts) cut();
    this.#cuts.clear();
  }

  #opened(cut: () => void): void {
    this.opened += 1;
    this.#cuts.add(cut);
  }
}
