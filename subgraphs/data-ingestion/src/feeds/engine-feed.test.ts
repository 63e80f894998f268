import { rm } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectEngine, type BookSnapshot, type EngineClient, type EngineEvent } from '@mib/proto/engine-client';
import { createLogger } from '@mib/service/logger';
import { startEngine, type EngineProcess } from '@mib/testkit/engine-process';
import { SYSTEM_CLOCK } from '../connectors/clock.ts';
import type { PriceLevel } from '../connectors/feed/contract.ts';
import type { Instrument } from '../domain/instrument.ts';
import { SourceHealth } from '../domain/source-health.ts';
import { EngineFeed } from './engine-feed.ts';
import { feedMarket } from './feed-market.ts';

const VENUE = 12;
const INSTRUMENT = { number: 1, id: 'BTC/USD.KRAKEN', tickSize: '0.1', lotSize: '0.001', currency: 'USD', cashScale: 4 } as Instrument;
const SYMBOL = 'BTC/USD';

let engineProcess: EngineProcess;
let engine: EngineClient;

beforeAll(async () => {
  engineProcess = await startEngine();
  engine = connectEngine(engineProcess);
});

afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await engineProcess[Symbol.asyncDispose]();
  await rm(engineProcess.dataDirectory, { recursive: true, force: true });
});

describe('a live feed in the engine', () => {
  it('shows the book once it is true, nothing after a gap, and the new book then', async () => {
    await using feed = await open();
    expect(await seen()).toEqual('SYNCING | ');
    whole(feed, [['45283.5', '0.100'], ['45283.4', '1.545']], [['45285.2', '0.001']]);
    await until('LIVE 452835x100 452834x1545 | 452852x1');
    feed.book(SYMBOL, changes([['45283.5', '0']], [['45285.1', '2.5']]));
    await until('LIVE 452834x1545 | 452851x2500 452852x1');
    feed.state(SYMBOL, 'RESYNCING');
    await until('RESYNCING | ');
    whole(feed, [['45280', '1']], [['45281', '1']]);
    await until('LIVE 452800x1000 | 452810x1000');
    feed.state(SYMBOL, 'STALE');
    await until('STALE | ');
    feed.state(SYMBOL, 'RESYNCING');
    whole(feed, [['45280', '2']], []);
    await until('LIVE 452800x2000 | ');
  });

  it('says in one command that it is not to be trusted and that its levels are gone', async () => {
    const from = (await engine.status({ stateHash: false })).lastEventSequence;
    await using feed = await open();
    for (let round = 1; round <= 20; round++) {
      whole(feed, [['100', String(round)], ['99', '1']], [['101', '1']]);
      if (round % 2 === 0) await turn();
      feed.state(SYMBOL, 'RESYNCING');
    }
    whole(feed, [['50', '1']], [['51', '1']]);
    await until('LIVE 500x1000 | 510x1000');
    let state = '';
    const levels = new Set<string>();
    let command = 0;
    for (const event of await eventsAfter(from)) {
      if (event.commandSequence !== command) expect(state === 'LIVE' || levels.size === 0 || state === 'RESYNCING').toBe(true);
      command = event.commandSequence;
      if (event.kind === 'FeedStateSet') state = event.state;
      if (event.kind !== 'LevelChanged') continue;
      if (event.quantityLots === 0) levels.delete(`${event.side} ${event.priceTicks}`);
      else levels.add(`${event.side} ${event.priceTicks}`);
    }
    expect([...levels].sort()).toEqual(['BUY 500', 'SELL 510']);
  });

  it('withdraws a crossed book until it is whole again', async () => {
    await using feed = await open();
    whole(feed, [['100', '1']], [['101', '1']]);
    await until('LIVE 1000x1000 | 1010x1000');
    feed.book(SYMBOL, changes([['101', '1']], []));
    await until('RESYNCING | ');
    feed.book(SYMBOL, changes([], [['101', '0'], ['102', '1']]));
    await until('LIVE 1010x1000 1000x1000 | 1020x1000');
  });

  it('prints each trade once, whoever sends it again', async () => {
    const from = (await engine.status({ stateHash: false })).lastEventSequence;
    for (const ids of [[1, 2, 3, 3], [2, 3, 4, 5]]) {
      await using feed = await open();
      for (const id of ids) feed.trade(SYMBOL, { id, price: '45000', quantity: '0.00154571', aggressor: 'BUY', eventTimeNs: 1_700_000_000_000_000_000n + BigInt(id) });
      await untilTrade(ids.at(-1)!);
    }
    expect((await eventsAfter(from)).flatMap((event) => (event.kind === 'Trade' ? [event.print!.venueTradeId] : []))).toEqual([1, 2, 3, 4, 5]);
    await using again = await open();
    expect(again.lastTrade(SYMBOL)).toEqual({ id: 5, eventTimeNs: 1_700_000_000_000_000_000n });
  });

  it('leaves nothing behind when it is switched off', async () => {
    {
      await using feed = await open();
      whole(feed, [['100', '1']], [['101', '1']]);
      await until('LIVE 1000x1000 | 1010x1000');
    }
    expect(await seen()).toBe('OFF | ');
  });

  it('begins anew with an engine that was killed, and loses no trade of meanwhile', async () => {
    await using feed = await open();
    whole(feed, [['100', '1']], [['101', '1']]);
    await until('LIVE 1000x1000 | 1010x1000');
    await engineProcess.kill('SIGKILL');
    for (const id of [10, 11, 12]) feed.trade(SYMBOL, { id, price: '45000', quantity: '1', aggressor: 'SELL', eventTimeNs: 1_700_000_000_000_000_000n });
    feed.book(SYMBOL, changes([['100', '7']], []));
    const { dataDirectory, address } = engineProcess;
    engineProcess = await startEngine({ dataDirectory, port: Number(address.split(':')[1]) });
    await until('LIVE 1000x7000 | 1010x1000');
    await untilTrade(12);
    const trades = (await eventsAfter(0)).flatMap((event) => (event.kind === 'Trade' ? [event.print!.venueTradeId] : []));
    expect(trades).toEqual([1, 2, 3, 4, 5, 10, 11, 12]);
  });
});

async function open(): Promise<EngineFeed> {
  const feed = new EngineFeed({
    engine, accountNumber: VENUE, markets: [feedMarket(SYMBOL, INSTRUMENT)],
    register: () => engine.submit({ kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: INSTRUMENT.id, tickSize: '0.1', lotSize: '0.001', currency: 'USD', cashScale: 4 }),
    onBar: () => undefined, health: new SourceHealth({ id: 'kraken', provider: 'Kraken', kind: 'LIVE_FEED', synthetic: false, continuous: true }, Date.now),
    clock: SYSTEM_CLOCK, logger: createLogger('test', { level: 'silent' }),
  });
  await feed.attachedOnce;
  return feed;
}

/** A resync as connectors tell it. */
function whole(feed: EngineFeed, bids: PriceLevel[], asks: PriceLevel[]): void {
  feed.book(SYMBOL, { kind: 'SNAPSHOT', bids, asks, sequence: null, eventTimeNs: null });
  feed.state(SYMBOL, 'LIVE');
}

function changes(bids: PriceLevel[], asks: PriceLevel[]) {
  return { kind: 'CHANGES', bids, asks, sequence: null, eventTimeNs: null } as const;
}

/** `STATE bids | asks`, best first. */
async function seen(): Promise<string> {
  const [book] = await engine.books([1], 100).catch(() => []);
  if (!book) return '';
  const side = (levels: BookSnapshot['bids']) => levels.map(([ticks, lots]) => `${ticks}x${lots}`).join(' ');
  return `${[book.feedState, side(book.bids)].filter((part) => part !== '').join(' ')} | ${side(book.asks)}`;
}

async function until(expected: string): Promise<void> {
  for (let tries = 0; (await seen()) !== expected; tries++) if (tries === 2_000) expect(await seen()).toBe(expected);
}

async function untilTrade(venueTradeId: number): Promise<void> {
  while ((await engine.quotes([1]))[0]!.venueTradeId !== venueTradeId);
}

async function eventsAfter(after: number): Promise<readonly EngineEvent[]> {
  const { lastEventSequence } = await engine.status({ stateHash: false });
  const events: EngineEvent[] = [];
  const stop = new AbortController();
  for await (const batch of engine.events({ after, signal: stop.signal })) {
    events.push(...batch.events);
    if (batch.through >= lastEventSequence) break;
  }
  stop.abort();
  return events;
}
