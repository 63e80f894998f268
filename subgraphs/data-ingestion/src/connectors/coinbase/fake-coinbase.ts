// A venue that speaks Coinbase Exchange's protocol over real sockets, with a small random market and faults on demand. Its
// own book is the reference: it is kept as plain orders, apart from everything that the connector does.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Random } from '../../domain/random.ts';
import { nextInteger } from '../../domain/random.ts';
import type { FeedUrls } from '../feed/contract.ts';

/** What may happen to one frame on its way, and to the connection. */
export type Fault = 'drop' | 'duplicate' | 'reorder' | 'corrupt' | 'close' | 'silence' | 'rate-limit' | 'slow-handshake';

interface Order {
  readonly id: string;
  readonly side: 'buy' | 'sell';
  readonly price: number;
  size: number;
}

interface Trade {
  readonly trade_id: number;
  readonly side: 'buy' | 'sell';
  readonly price: string;
  readonly size: string;
  readonly time: string;
}

const MIDDLE_CENTS = 4_528_500;
const RESTING = 60;
const KEPT_TRADES = 5_000;

/** The orders and trades of one product, pure: each step is the list of messages it makes. */
export class FakeProduct {
  readonly id: string;
  readonly orders = new Map<string, Order>();
  readonly trades: Trade[] = [];
  sequence = 1_000;
  lastTradeId = 0;
  readonly #random: Random;
  #orderCount = 0;

  constructor(id: string, random: Random) {
    this.id = id;
    this.#random = random;
    for (let count = 0; count < RESTING; count++) this.#open();
  }

  step(): object[] {
    const choice = this.#random();
    if (this.orders.size < RESTING || choice < 0.4) return this.#open();
    if (choice < 0.65) return [this.#message('done', { order_id: this.#remove(this.#pick()).id, reason: 'canceled', side: 'buy' })];
    if (choice < 0.8) return this.#shrink(this.#pick());
    return this.#match();
  }

  /** Best first, `[price, size]` summed by price. */
  levels(side: 'buy' | 'sell'): [string, string][] {
    const sums = new Map<number, number>();
    for (const order of this.orders.values()) if (order.side === side) sums.set(order.price, (sums.get(order.price) ?? 0) + order.size);
    return [...sums].sort(([a], [b]) => (side === 'buy' ? b - a : a - b)).map(([price, size]) => [priceText(price), sizeText(size)]);
  }

  level3(): object {
    const side = (name: 'buy' | 'sell') => [...this.orders.values()].filter((order) => order.side === name).map(({ price, size, id }) => [priceText(price), sizeText(size), id]);
    return { sequence: this.sequence, bids: side('buy'), asks: side('sell') };
  }

  #open(): object[] {
    const side = this.#random() < 0.5 ? 'buy' : 'sell';
    const offset = nextInteger(this.#random, 1, 400);
    const order: Order = { id: `${this.id}-${++this.#orderCount}`, side, price: MIDDLE_CENTS + (side === 'buy' ? -offset : offset), size: nextInteger(this.#random, 1, 300_000_000) };
    this.orders.set(order.id, order);
    const received = this.#message('received', { order_id: order.id, order_type: 'limit', side, price: priceText(order.price), size: sizeText(order.size) });
    return [received, this.#message('open', { order_id: order.id, side, price: priceText(order.price), remaining_size: sizeText(order.size) })];
  }

  #shrink(order: Order): object[] {
    const before = order.size;
    order.size = Math.max(1, Math.floor(before / 2));
    return [this.#message('change', { order_id: order.id, reason: 'STP', side: order.side, price: priceText(order.price), old_size: sizeText(before), new_size: sizeText(order.size) })];
  }

  #match(): object[] {
    const side = this.#random() < 0.5 ? 'buy' : 'sell';
    const best = [...this.orders.values()].filter((order) => order.side === side).sort((a, b) => (side === 'buy' ? b.price - a.price : a.price - b.price))[0];
    if (!best) return this.#open();
    const size = this.#random() < 0.5 ? best.size : Math.max(1, Math.floor(best.size / 3));
    best.size -= size;
    const trade: Trade = { trade_id: ++this.lastTradeId, side, price: priceText(best.price), size: sizeText(size), time: timeText(this.lastTradeId) };
    this.trades.push(trade);
    if (this.trades.length > KEPT_TRADES) this.trades.shift();
    const match = this.#message('match', { ...trade, maker_order_id: best.id, taker_order_id: 'taker' });
    if (best.size > 0) return [match];
    this.orders.delete(best.id);
    return [match, this.#message('done', { order_id: best.id, reason: 'filled', side, price: trade.price, remaining_size: '0' })];
  }

  #pick(): Order {
    return [...this.orders.values()][nextInteger(this.#random, 0, this.orders.size - 1)]!;
  }

  #remove(order: Order): Order {
    this.orders.delete(order.id);
    return order;
  }

  #message(type: string, fields: object): object {
    return { type, product_id: this.id, sequence: ++this.sequence, time: timeText(this.sequence), ...fields };
  }
}

export interface FakeCoinbase extends AsyncDisposable {
  readonly urls: FeedUrls;
  readonly products: ReadonlyMap<string, FakeProduct>;
  /** What happens next, once each, in this order. */
  readonly faults: Fault[];
  /** Connections so far. */
  readonly connections: () => number;
  /** One step of every product, sent to all who listen. */
  step(): void;
  heartbeat(): void;
}

export async function startFakeCoinbase(symbols: readonly string[], random: Random): Promise<FakeCoinbase> {
  const products = new Map(symbols.map((symbol) => [symbol, new FakeProduct(symbol, random)]));
  const faults: Fault[] = [];
  const listeners = new Map<WebSocket, Set<string>>();
  let connections = 0;
  let held: string | undefined;
  let isSilent = false;
  const http = createServer((request, response) => answer(products, faults, new URL(request.url!, 'http://fake'), response));
  const sockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket, head) => {
    // Left without an answer until the client gives up.
    if (takeFault(faults, 'slow-handshake')) return void socket.on('end', () => socket.destroy()).resume();
    sockets.handleUpgrade(request, socket, head, (client) => {
      connections++;
      isSilent = false;
      listeners.set(client, new Set());
      client.on('close', () => listeners.delete(client));
      client.on('message', (data: Buffer) => {
        const { type, product_ids: ids } = JSON.parse(data.toString()) as { type: string; product_ids: string[] };
        for (const id of ids) if (products.has(id)) listeners.get(client)?.[type === 'subscribe' ? 'add' : 'delete'](id);
        if (!isSilent) client.send(JSON.stringify({ type: 'subscriptions', channels: [{ name: 'full', product_ids: [...(listeners.get(client) ?? [])] }] }));
      });
    });
  });
  const send = (product: string, frame: string): void => {
    for (const [client, ids] of listeners) if (ids.has(product) && !isSilent) client.send(frame);
  };
  const sendFaulty = (product: string, frame: string): void => {
    const fault = ['drop', 'duplicate', 'reorder', 'corrupt', 'close', 'silence'].includes(faults[0] ?? '') ? faults.shift() : undefined;
    if (fault === 'silence') isSilent = true;
    if (fault === 'close') for (const client of listeners.keys()) client.close(1011, 'fault');
    if (fault === 'reorder') return void (held = frame);
    if (fault === 'corrupt') return send(product, frame.replace('"sequence":', '"sequence":"'));
    if (fault !== 'drop') send(product, frame);
    if (fault === 'duplicate') send(product, frame);
    if (held !== undefined) send(product, held);
    held = undefined;
  };
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const place = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    urls: { stream: `ws://${place}`, rest: `http://${place}` }, products, faults,
    connections: () => connections,
    step() {
      for (const product of products.values()) for (const message of product.step()) sendFaulty(product.id, JSON.stringify(message));
    },
    heartbeat() {
      for (const { id, sequence, lastTradeId } of products.values()) send(id, JSON.stringify({ type: 'heartbeat', product_id: id, sequence, last_trade_id: lastTradeId, time: timeText(sequence) }));
    },
    async [Symbol.asyncDispose]() {
      for (const client of listeners.keys()) client.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function answer(products: ReadonlyMap<string, FakeProduct>, faults: Fault[], url: URL, response: ServerResponse): void {
  if (takeFault(faults, 'rate-limit')) return void response.writeHead(429, { 'retry-after': '0.05' }).end('{}');
  const [, , id, what] = decodeURIComponent(url.pathname).split('/');
  const product = products.get(id ?? '');
  if (url.pathname === '/products') return void response.end(JSON.stringify([...products.keys()].map(rules)));
  if (!product) return void response.writeHead(404).end('{}');
  if (what === 'book') return void response.end(JSON.stringify(product.level3()));
  const before = Number(url.searchParams.get('after') ?? Infinity);
  const newestFirst = product.trades.filter(({ trade_id }) => trade_id < before).reverse();
  response.end(JSON.stringify(newestFirst.slice(0, Number(url.searchParams.get('limit') ?? 1_000))));
}

function takeFault(faults: Fault[], fault: Fault): boolean {
  if (faults[0] !== fault) return false;
  faults.shift();
  return true;
}

function rules(id: string): object {
  const [base, quote] = id.split('-');
  return { id, base_currency: base, quote_currency: quote, base_increment: '0.00000001', quote_increment: '0.01', min_market_funds: '1', status: 'online', trading_disabled: false };
}

function priceText(cents: number): string {
  return (cents / 100).toFixed(2);
}

function sizeText(units: number): string {
  return (units / 1e8).toFixed(8);
}

function timeText(count: number): string {
  return new Date(1_700_000_000_000 + count).toISOString();
}
