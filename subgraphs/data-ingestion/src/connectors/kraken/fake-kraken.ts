// Kraken on the loopback: WebSocket v2 and the one REST path the connector uses, over real sockets, with a synthetic market for
// each symbol. Frames of channels run through a line that fails by a seed; connections fail as `server` is told.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import { createRandom, type Random } from '../../domain/random.ts';
import type { FeedUrls } from '../feed/contract.ts';
import { FakeMarket } from '../feed/fake-market.ts';
import { openFakeVenueServer, type FakeVenueServer } from '../feed/fake-venue-server.ts';
import { CLEAN, damageWith, FaultLine, type FaultRates } from '../feed/fault-line.ts';
import { BookHistory, bookText } from '../feed/truth-check.ts';
import { barFrame, snapshotFrame, tradeFrame, updateFrame, viewOf, type KrakenView } from './fake-kraken-words.ts';

export interface FakeKraken extends AsyncDisposable {
  readonly urls: FeedUrls;
  readonly server: FakeVenueServer;
  readonly markets: ReadonlyMap<string, FakeMarket>;
  /** Every state that the ten best levels of a symbol have had. */
  readonly histories: ReadonlyMap<string, BookHistory>;
  rates: FaultRates;
  /** Lets every market move once and tells the subscribers. */
  step(): void;
  /** The ten best levels now. */
  textOf(symbol: string): string;
}

const DEPTH = 10;
const HEARTBEAT_MS = 1_000;
const DAMAGE = damageWith('0123456789x"');
const STATUS = '{"channel":"status","type":"update","data":[{"version":"2.0.10","system":"online","api_version":"v2","connection_id":12072546403441331453}]}';

interface Line {
  readonly faults: FaultLine;
  /** `channel:symbol`. */
  readonly topics: Set<string>;
}

interface Request {
  readonly method: string;
  readonly req_id?: number;
  readonly params?: { readonly channel: string; readonly symbol?: readonly string[] };
}

export async function openFakeKraken(options: { readonly seed: number; readonly symbols: readonly string[] }): Promise<FakeKraken> {
  const random = createRandom(options.seed);
  const markets = new Map(options.symbols.map((symbol) => [symbol, openMarket(random)]));
  const histories = new Map(options.symbols.map((symbol) => [symbol, new BookHistory()]));
  const views = new Map<string, KrakenView>();
  const lines = new Map<WebSocket, Line>();
  let timeUs = Date.now() * 1_000;

  const remember = (symbol: string, market: FakeMarket): KrakenView => {
    const view = viewOf(market, DEPTH);
    views.set(symbol, view);
    histories.get(symbol)!.add(bookText(view.bids, view.asks), null);
    return view;
  };
  for (const [symbol, market] of markets) remember(symbol, market);

  /** Frames of channels go through the faults, answers do not: a lost answer only costs time. */
  const publish = (socket: WebSocket, frame: string): void => {
    for (const arrived of lines.get(socket)!.faults.pass(frame)) server.send(socket, arrived);
  };
  const broadcast = (topic: string, frame: string): void => {
    for (const [socket, { topics }] of lines) if (topics.has(topic)) publish(socket, frame);
  };

  const subscribe = (socket: WebSocket, { method, params, req_id: id }: Request): void => {
    const { channel, symbol: symbols = [] } = params!;
    for (const symbol of symbols) {
      const topic = `${channel}:${symbol}`;
      if (!markets.has(symbol)) {
        server.send(socket, JSON.stringify({ error: `Currency pair not supported ${symbol}`, method, req_id: id, success: false, symbol }));
        continue;
      }
      const { topics } = lines.get(socket)!;
      if (method === 'subscribe') topics.add(topic);
      else topics.delete(topic);
      server.send(socket, JSON.stringify({ method, req_id: id, result: { channel, symbol, ...(channel === 'book' ? { depth: DEPTH } : {}) }, success: true }));
      if (channel === 'book' && method === 'subscribe') publish(socket, snapshotFrame(symbol, views.get(symbol)!, timeUs));
    }
  };

  const server = await openFakeVenueServer({
    connected(socket) {
      lines.set(socket, { faults: new FaultLine(random, venue.rates, DAMAGE), topics: new Set() });
      server.send(socket, STATUS);
    },
    message(socket, text) {
      const request = JSON.parse(text) as Request;
      if (request.method === 'ping') server.send(socket, JSON.stringify({ method: 'pong', req_id: request.req_id }));
      else if (request.params?.channel === 'instrument') server.send(socket, instrumentFrame([...markets.keys()]));
      else if (request.method === 'subscribe' || request.method === 'unsubscribe') subscribe(socket, request);
    },
    closed: (socket) => lines.delete(socket),
    request: (request, response) => answerTrades(markets, request, response),
  });
  const heartbeat = setInterval(() => {
    for (const socket of lines.keys()) server.send(socket, '{"channel":"heartbeat"}');
  }, HEARTBEAT_MS).unref();

  const venue: FakeKraken = {
    urls: { stream: server.streamUrl, rest: server.restUrl },
    server, markets, histories,
    rates: CLEAN,
    step() {
      timeUs = Math.max(timeUs + 1, Date.now() * 1_000);
      for (const { faults } of lines.values()) faults.rates = venue.rates;
      for (const [symbol, market] of markets) {
        const { trades } = market.step(Math.floor(timeUs / 1_000));
        const before = views.get(symbol)!;
        const update = updateFrame(symbol, market, before, remember(symbol, market), timeUs);
        if (update !== undefined) broadcast(`book:${symbol}`, update);
        if (trades.length === 0) continue;
        broadcast(`trade:${symbol}`, tradeFrame(symbol, trades));
        broadcast(`ohlc:${symbol}`, barFrame(symbol, trades.at(-1)!));
      }
    },
    textOf(symbol) {
      const { bids, asks } = views.get(symbol)!;
      return bookText(bids, asks);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(heartbeat);
      await server[Symbol.asyncDispose]();
    },
  };
  return venue;
}

function openMarket(random: Random): FakeMarket {
  return new FakeMarket({ random, priceDecimals: 1, quantityDecimals: 8, levels: 20, midTicks: 452_840, maxChanges: 4 });
}

/** The names of AssetPairs; the REST door knows no others here. */
const ALTNAMES: Readonly<Record<string, string>> = { XBTUSD: 'BTC/USD', ETHUSD: 'ETH/USD', XDGUSD: 'DOGE/USD' };

/** Trades from after `since` on, as the venue lists them: times are seconds with decimals, numbers as JSON numbers. */
function answerTrades(markets: ReadonlyMap<string, FakeMarket>, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://venue');
  const market = markets.get(ALTNAMES[url.searchParams.get('pair') ?? ''] ?? '');
  if (url.pathname !== '/0/public/Trades' || !market) return void response.writeHead(200).end('{"error":["EQuery:Unknown asset pair"]}');
  const sinceMs = Number(BigInt(url.searchParams.get('since') ?? '0') / 1_000_000n);
  const trades = market.trades.filter(({ timeMs }) => timeMs > sinceMs).slice(0, Number(url.searchParams.get('count') ?? 1_000));
  const rows = trades.map(({ id, price, quantity, buyerIsMaker, timeMs }) => `["${price}","${quantity}",${timeMs / 1_000},"${buyerIsMaker ? 's' : 'b'}","m","",${id}]`);
  response.writeHead(200, { 'content-type': 'application/json' }).end(`{"error":[],"result":{"PAIR":[${rows.join(',')}],"last":"0"}}`);
}

function instrumentFrame(symbols: readonly string[]): string {
  const pairs = symbols.map((symbol) => {
    const [base, quote] = symbol.split('/');
    return `{"symbol":"${symbol}","base":"${base}","quote":"${quote}","status":"online","qty_precision":8,"qty_increment":0.00000001,"price_precision":1,"price_increment":0.1,"cost_precision":5,"cost_min":0.50,"qty_min":0.00010000,"marginable":false,"has_index":true}`;
  });
  return `{"channel":"instrument","type":"snapshot","data":{"assets":[],"pairs":[${pairs.join(',')}]}}`;
}
