// A venue that says one product's matches as fast as it is told to, in Coinbase Exchange's words over a real socket, and
// remembers when it said each. One order stands on either side; every match takes the smallest size of the bid.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';

export const PRODUCT = 'BTC-USD';
/** What is due by then is said together: a venue that spins takes a core from those it is to measure. */
const SAY_EVERY_MS = 1;
/** Times kept; more ticks than that are not sent by one venue. */
export const MAX_TICKS = 4_000_000;

export interface TickVenue extends AsyncDisposable {
  readonly urls: { readonly stream: string; readonly rest: string };
  /** When each tick was said, by its id. Milliseconds of `performance.now()`. */
  readonly saidMs: Float64Array;
  /** Says ticks at this rate for this long. @returns ids of the first and the one behind the last. */
  say(perSecond: number, seconds: number): Promise<readonly [from: number, to: number]>;
}

export async function startTickVenue(): Promise<TickVenue> {
  const listeners = new Set<WebSocket>();
  const saidMs = new Float64Array(MAX_TICKS);
  let sequence = 100;
  let tick = 0;
  const http = createServer((request, response) => {
    const path = request.url!.split('?')[0]!;
    if (path.endsWith('/book')) response.end(JSON.stringify({ sequence, bids: [['45283.50', '90000', 'bid']], asks: [['45285.20', '90000', 'ask']] }));
    else if (path === '/products') response.end(JSON.stringify([{ id: PRODUCT, base_currency: 'BTC', quote_currency: 'USD', base_increment: '0.00000001', quote_increment: '0.01', min_market_funds: '1', status: 'online' }]));
    else response.end('[]');
  });
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket) => {
    socket.on('close', () => listeners.delete(socket));
    socket.on('message', () => {
      listeners.add(socket);
      socket.send(JSON.stringify({ type: 'subscriptions', channels: [{ name: 'full', product_ids: [PRODUCT] }] }));
    });
  });
  const sayOne = (): void => {
    tick++;
    sequence++;
    const frame = `{"type":"match","trade_id":${tick},"sequence":${sequence},"maker_order_id":"bid","taker_order_id":"t","time":"${new Date().toISOString()}","product_id":"${PRODUCT}","size":"0.00000001","price":"45283.50","side":"buy"}`;
    saidMs[tick] = performance.now();
    for (const socket of listeners) socket.send(frame);
  };
  const heartbeat = setInterval(() => {
    for (const socket of listeners) socket.send(JSON.stringify({ type: 'heartbeat', product_id: PRODUCT, sequence, last_trade_id: tick, time: new Date().toISOString() }));
  }, 1_000);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const place = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    urls: { stream: `ws://${place}`, rest: `http://${place}` }, saidMs,
    async say(perSecond, seconds) {
      const from = tick + 1;
      const startMs = performance.now();
      for (let done = 0; done < perSecond * seconds; await delay(SAY_EVERY_MS)) {
        const due = Math.min(perSecond * seconds, Math.floor(((performance.now() - startMs) * perSecond) / 1_000));
        for (; done < due; done++) sayOne();
      }
      return [from, tick + 1];
    },
    async [Symbol.asyncDispose]() {
      clearInterval(heartbeat);
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
