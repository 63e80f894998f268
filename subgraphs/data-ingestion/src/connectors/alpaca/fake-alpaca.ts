// A venue that speaks Alpaca's stock stream over real sockets: one connection an account, credentials, arrays of messages,
// minute bars and trades by REST; with faults on demand. Everything it says is synthetic and the same for the same seed.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseTimestamp } from '@mib/model/timestamp';
import { WebSocketServer, type WebSocket } from 'ws';
import { nextInteger, type Random } from '../../domain/random.ts';
import type { FeedUrls } from '../feed/contract.ts';
import type { AlpacaCredentials } from './alpaca.ts';

/** Of a frame or of the connection. */
export type AlpacaFault = 'drop' | 'duplicate' | 'corrupt' | 'close' | 'silence' | 'slow-handshake';

interface Bar {
  readonly t: string;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
  readonly n: number;
}

interface Trade {
  readonly t: string;
  readonly i: number;
  readonly x: string;
  readonly p: number;
  readonly s: number;
  readonly c: readonly string[];
  readonly z: string;
}

interface Stock {
  cents: number;
  bid: readonly [price: number, lots: number];
  ask: readonly [price: number, lots: number];
  readonly bars: Bar[];
  readonly trades: Trade[];
}

export interface FakeAlpaca extends AsyncDisposable {
  readonly urls: FeedUrls;
  readonly stocks: ReadonlyMap<string, Stock>;
  /** What happens next, once each, in this order. */
  readonly faults: AlpacaFault[];
  /** One quote of every stock, and two trades at the same time. */
  step(): void;
  /** Ends a minute of every stock. */
  minute(): void;
}

/** Small, so that pages are read. */
const PAGE_ITEMS = { bars: 2, trades: 100 };
const START_MS = Date.UTC(2026, 10, 20, 14, 30);

export async function startFakeAlpaca(symbols: readonly string[], credentials: AlpacaCredentials, random: Random): Promise<FakeAlpaca> {
  const stocks = new Map<string, Stock>(symbols.map((symbol) => [symbol, { cents: 12_655, bid: [126.5, 1], ask: [126.6, 1], bars: [], trades: [] }]));
  const faults: AlpacaFault[] = [];
  let client: WebSocket | undefined;
  let subscribed: readonly string[] = [];
  let isSilent = false;
  let micros = START_MS * 1_000;
  let tradeNumber = 0;
  const say = (socket: WebSocket, ...messages: object[]): void => {
    if (!isSilent) socket.send(JSON.stringify(messages));
  };
  const greet = (socket: WebSocket): void => {
    if (client) {
      say(socket, { T: 'error', code: 406, msg: 'connection limit exceeded' });
      return socket.close();
    }
    client = socket;
    subscribed = [];
    isSilent = false;
    socket.on('close', () => (client = undefined));
    say(socket, { T: 'success', msg: 'connected' });
    let isKnown = false;
    socket.on('message', (data: Buffer) => {
      const request = JSON.parse(data.toString()) as { action: string; key?: string; secret?: string; quotes?: string[] };
      if (request.action === 'auth') {
        isKnown = request.key === credentials.key && request.secret === credentials.secret;
        return say(socket, isKnown ? { T: 'success', msg: 'authenticated' } : { T: 'error', code: 402, msg: 'auth failed' });
      }
      if (!isKnown) return say(socket, { T: 'error', code: 401, msg: 'not authenticated' });
      subscribed = request.action === 'subscribe' ? [...new Set([...subscribed, ...request.quotes!])] : subscribed.filter((symbol) => !request.quotes!.includes(symbol));
      say(socket, { T: 'subscription', trades: subscribed, quotes: subscribed, bars: subscribed, updatedBars: [], dailyBars: [] });
    });
  };
  const send = (message: { readonly S: string }): void => {
    if (!client || isSilent || !subscribed.includes(message.S)) return;
    const fault = faults[0] === 'slow-handshake' ? undefined : faults.shift();
    const frame = JSON.stringify([message]);
    if (fault === 'silence') isSilent = true;
    else if (fault === 'close') client.close(1011, 'fault');
    else if (fault === 'corrupt') client.send(frame.replace('"t":', '"t":9'));
    else if (fault !== 'drop') client.send(frame);
    if (fault === 'duplicate') client.send(frame);
  };
  const server = createServer((request, response) => answerHistory(stocks, credentials, request, response));
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    // Left without an answer until the client gives up.
    if (faults[0] !== 'slow-handshake') return sockets.handleUpgrade(request, socket, head, greet);
    faults.shift();
    socket.on('end', () => socket.destroy()).resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    urls: { stream: `ws://${place}`, rest: `http://${place}` }, stocks, faults,
    step() {
      for (const [symbol, stock] of stocks) {
        micros += 7;
        stock.cents = Math.max(100, stock.cents + nextInteger(random, -3, 3));
        stock.bid = [(stock.cents - 1) / 100, nextInteger(random, 1, 9)];
        stock.ask = [(stock.cents + 1) / 100, nextInteger(random, 1, 9)];
        const t = `${new Date(Math.floor(micros / 1_000)).toISOString().slice(0, -1)}${String(micros % 1_000).padStart(3, '0')}123Z`;
        send({ T: 'q', S: symbol, bx: 'V', bp: stock.bid[0], bs: stock.bid[1], ax: 'V', ap: stock.ask[0], as: stock.ask[1], c: ['R'], z: 'C', t } as { S: string });
        for (let fills = 0; fills < 2; fills++) {
          tradeNumber += nextInteger(random, 1, 1_000);
          const trade: Trade = { t, i: tradeNumber, x: 'V', p: stock.cents / 100, s: nextInteger(random, 1, 300), c: ['@'], z: 'C' };
          stock.trades.push(trade);
          send({ T: 't', S: symbol, ...trade } as { S: string });
        }
      }
    },
    minute() {
      for (const [symbol, stock] of stocks) {
        const price = stock.cents / 100;
        const bar: Bar = { t: new Date(START_MS + stock.bars.length * 60_000).toISOString(), o: price, h: price + 1, l: price - 1, c: price, v: nextInteger(random, 1, 1_000), n: 3 };
        stock.bars.push(bar);
        send({ T: 'b', S: symbol, ...bar } as { S: string });
      }
    },
    async [Symbol.asyncDispose]() {
      client?.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerHistory(stocks: ReadonlyMap<string, Stock>, { key, secret }: AlpacaCredentials, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url!, 'http://fake');
  if (request.headers['apca-api-key-id'] !== key || request.headers['apca-api-secret-key'] !== secret) return void response.writeHead(403).end('{"message":"forbidden."}');
  const symbol = url.searchParams.get('symbols')!;
  const kind = url.pathname.endsWith('/trades') ? 'trades' : 'bars';
  const start = url.searchParams.get('start')!;
  const items: readonly (Bar | Trade)[] = stocks.get(symbol)?.[kind] ?? [];
  const wanted = items.filter(({ t }) => parseTimestamp(t) >= parseTimestamp(start));
  const from = Number(url.searchParams.get('page_token') ?? 0);
  const end = from + PAGE_ITEMS[kind];
  response.end(JSON.stringify({ [kind]: { [symbol]: wanted.slice(from, end) }, next_page_token: end < wanted.length ? String(end) : null }));
}
