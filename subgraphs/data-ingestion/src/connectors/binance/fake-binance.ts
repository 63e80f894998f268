// Binance spot on the loopback: combined streams and the REST paths the connector uses, over real sockets, with a synthetic
// market for each symbol. Frames of streams run through a line that fails by a seed; connections and requests fail as `server`
// is told.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import { createRandom, type Random } from '../../domain/random.ts';
import type { FeedUrls } from '../feed/contract.ts';
import { FakeMarket } from '../feed/fake-market.ts';
import { openFakeVenueServer, type FakeVenueServer } from '../feed/fake-venue-server.ts';
import { CLEAN, damageWith, FaultLine, type FaultRates } from '../feed/fault-line.ts';
import { BookHistory, bookText } from '../feed/truth-check.ts';
import { barFrame, bestFrame, diffFrame, exchangeInfoAnswer, snapshotAnswer, tradeFrame, tradesAnswer } from './fake-binance-words.ts';

export interface FakeBinance extends AsyncDisposable {
  readonly urls: FeedUrls;
  readonly server: FakeVenueServer;
  readonly markets: ReadonlyMap<string, FakeMarket>;
  /** Every state of a symbol's book by its update number. */
  readonly histories: ReadonlyMap<string, BookHistory>;
  rates: FaultRates;
  /** What X-MBX-USED-WEIGHT-1M says. */
  usedWeight: number;
  /** Pongs received. */
  readonly pongs: number;
  /** Lets every market move once and tells the subscribers. */
  step(): void;
  /** Says that the venue is about to end the connections. */
  announceShutdown(): void;
  textOf(symbol: string): string;
}

/** Digits are not changed: nothing in the protocol would show that. */
const DAMAGE = damageWith('x"}');
const PING_MS = 50;
const WEIGHTS: Readonly<Record<string, number>> = { '/api/v3/depth': 50, '/api/v3/historicalTrades': 25, '/api/v3/exchangeInfo': 20 };

interface Line {
  readonly faults: FaultLine;
  readonly streams: Set<string>;
}

export async function openFakeBinance(options: { readonly seed: number; readonly symbols: readonly string[] }): Promise<FakeBinance> {
  const random = createRandom(options.seed);
  const markets = new Map(options.symbols.map((symbol) => [symbol, openMarket(random)]));
  const histories = new Map(options.symbols.map((symbol) => [symbol, new BookHistory()]));
  const lines = new Map<WebSocket, Line>();
  let pongs = 0;
  const textOf = (symbol: string): string => bookText(markets.get(symbol)!.levels('bids'), markets.get(symbol)!.levels('asks'));
  for (const [symbol, market] of markets) histories.get(symbol)!.add(textOf(symbol), market.updateId);

  const broadcast = (stream: string, frame: string): void => {
    for (const [socket, { streams, faults }] of lines) {
      if (streams.has(stream)) for (const arrived of faults.pass(frame)) server.send(socket, arrived);
    }
  };

  const server = await openFakeVenueServer({
    connected(socket, path) {
      const named = new URL(path, 'http://venue').searchParams.get('streams');
      lines.set(socket, { faults: new FaultLine(random, venue.rates, DAMAGE), streams: new Set(named ? named.split('/') : []) });
      socket.on('pong', () => (pongs += 1));
    },
    message(socket, text) {
      const { method, params = [], id } = JSON.parse(text) as { method: string; params?: string[]; id: number };
      const { streams } = lines.get(socket)!;
      if (method === 'LIST_SUBSCRIPTIONS') return server.send(socket, JSON.stringify({ result: [...streams], id }));
      for (const stream of params) {
        if (method === 'SUBSCRIBE') streams.add(stream);
        else streams.delete(stream);
      }
      server.send(socket, JSON.stringify({ result: null, id }));
    },
    closed: (socket) => lines.delete(socket),
    request: (request, response) => answer(request, response),
  });

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://venue');
    venue.usedWeight += WEIGHTS[pathname] ?? 1;
    response.setHeader('x-mbx-used-weight-1m', String(venue.usedWeight));
    response.setHeader('content-type', 'application/json');
    if (pathname === '/api/v3/exchangeInfo') {
      const symbols = JSON.parse(searchParams.get('symbols') ?? '[]') as string[];
      if (symbols.every((symbol) => markets.has(symbol))) return void response.end(exchangeInfoAnswer(symbols));
    }
    const market = markets.get(searchParams.get('symbol') ?? '');
    const limit = Number(searchParams.get('limit') ?? 100);
    if (market && pathname === '/api/v3/depth') return void response.end(snapshotAnswer(market, limit));
    if (market && pathname === '/api/v3/historicalTrades') return void response.end(tradesAnswer(market, Number(searchParams.get('fromId') ?? 0), limit));
    response.writeHead(400).end('{"code":-1121,"msg":"Invalid symbol."}');
  };
  const pinging = setInterval(() => {
    for (const socket of lines.keys()) socket.ping();
  }, PING_MS).unref();

  const venue: FakeBinance = {
    urls: { stream: server.streamUrl, rest: server.restUrl },
    server, markets, histories, textOf,
    rates: CLEAN,
    usedWeight: 0,
    get pongs() {
      return pongs;
    },
    step() {
      const timeMs = Date.now();
      for (const { faults } of lines.values()) faults.rates = venue.rates;
      for (const [symbol, market] of markets) {
        const moved = market.step(timeMs);
        histories.get(symbol)!.add(textOf(symbol), market.updateId);
        const name = symbol.toLowerCase();
        broadcast(`${name}@bookTicker`, bestFrame(symbol, market));
        broadcast(`${name}@depth@100ms`, diffFrame(symbol, moved, timeMs));
        for (const trade of moved.trades) {
          broadcast(`${name}@trade`, tradeFrame(symbol, trade));
          broadcast(`${name}@kline_1m`, barFrame(symbol, trade));
        }
      }
    },
    announceShutdown() {
      for (const socket of lines.keys()) server.send(socket, JSON.stringify({ e: 'serverShutdown', E: Date.now() }));
    },
    async [Symbol.asyncDispose]() {
      clearInterval(pinging);
      await server[Symbol.asyncDispose]();
    },
  };
  return venue;
}

function openMarket(random: Random): FakeMarket {
  return new FakeMarket({ random, priceDecimals: 2, quantityDecimals: 8, levels: 20, midTicks: 452_840, maxChanges: 4 });
}
