// Ingest from end to end: a venue's socket, the connector, the engine's journal, core-engine, the router, a subscriber of the
// graph. Every tick is a trade that must arrive once and in order. Rates rise until ticks arrive slower than they are said;
// beside each rate stands a bare socket that takes the same frames and only parses them.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startPlatform } from '@mib/testkit/platform';
import { row, type BenchRow } from './harness.ts';
import { PRODUCT, startTickVenue, type TickVenue } from './ingest/tick-venue.ts';

const RATES = [1_000, 2_500, 5_000, 7_500, 10_000, 15_000, 20_000] as const;
const SECONDS = 4;
/** Behind the last tick said, how long a rate may take to arrive before it counts as too much. */
const LAST_MS = 1_000;
const SETTLE_MS = 1_000;
const GIVE_UP_MS = 10_000;

interface Arrival {
  /** Milliseconds from said to here, sorted. */
  readonly latencyMs: Float64Array;
  readonly perSecond: number;
  /** From the last tick said to the last one here. */
  readonly lagMs: number;
}

export async function run(): Promise<readonly BenchRow[]> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'mib-bench-ingest-'));
  try {
    await using venue = await startTickVenue();
    const feeds = path.join(directory, 'feeds.json');
    await writeFile(feeds, JSON.stringify({ feeds: [{ provider: 'coinbase', symbols: [PRODUCT], urls: venue.urls }] }));
    await using platform = await startPlatform({ environment: { MIB_FEEDS_FILE: feeds, MIB_SIMULATED_VENUE: 'off', LOG_LEVEL: 'error' } });
    using subscriber = subscribe(platform.url);
    await subscriber.ready(venue);
    const rows: BenchRow[] = [];
    for (const rate of RATES) {
      const ours = await measure(venue, rate, subscriber.arrived);
      if (typeof ours === 'number') {
        console.error(`at ${rate}/s ${ours} of ${rate * SECONDS} ticks had come ${GIVE_UP_MS} ms after the last was said: too much`);
        break;
      }
      const bare = await measureBare(venue, rate);
      if (typeof bare === 'number') throw new Error(`a bare socket takes ${bare} of ${rate * SECONDS} ticks`);
      const note = `${rate} ticks/s for ${SECONDS} s, each a trade that arrived once and in order; venue, platform and subscriber on one machine; the last tick came ${Math.round(ours.lagMs)} ms after it was said`;
      for (const [name, share] of [['p50', 0.5], ['p99', 0.99]] as const) {
        rows.push(row({ name: `socket to subscriber at ${rate}/s, ${name}`, peerName: 'a bare socket', unit: 'ms', ours: quantile(ours.latencyMs, share), peer: quantile(bare.latencyMs, share), better: 'lower', runs: 1, note }));
      }
      rows.push(row({ name: `ticks that arrive at ${rate}/s`, peerName: 'a bare socket', unit: 'ticks/s', ours: ours.perSecond, peer: bare.perSecond, better: 'higher', runs: 1, note }));
      if (ours.lagMs > LAST_MS) break;
      // What the bare socket was told went to the platform, too.
      await delay(SETTLE_MS);
    }
    return rows;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

type Listen = (onTick: (id: number) => void) => Disposable;

/** @returns how many have come when not all do. */
async function measure(venue: TickVenue, rate: number, listen: Listen): Promise<Arrival | number> {
  const latencies: number[] = [];
  let last = 0;
  let lastMs = 0;
  using _ = listen((id) => {
    if (last !== 0 && id !== last + 1) throw new Error(`tick ${id} came after ${last}`);
    last = id;
    lastMs = performance.now();
    latencies.push(lastMs - venue.saidMs[id]!);
  });
  const [from, to] = await venue.say(rate, SECONDS);
  for (const deadline = performance.now() + GIVE_UP_MS; last < to - 1; await delay(5)) if (performance.now() > deadline) return latencies.length;
  const lagMs = lastMs - venue.saidMs[to - 1]!;
  return { latencyMs: Float64Array.from(latencies).sort(), perSecond: ((to - from) * 1_000) / (lastMs - venue.saidMs[from]!), lagMs };
}

async function measureBare(venue: TickVenue, rate: number): Promise<Arrival | number> {
  const socket = new WebSocket(venue.urls.stream);
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send('{}');
  await new Promise((resolve) => socket.once('message', resolve));
  try {
    return await measure(venue, rate, (onTick) => {
      const take = (data: Buffer): void => {
        const message = JSON.parse(data.toString()) as { type: string; trade_id: number };
        if (message.type === 'match') onTick(message.trade_id);
      };
      socket.on('message', take);
      return { [Symbol.dispose]: () => socket.off('message', take) };
    });
  } finally {
    socket.terminate();
  }
}

/** One reader of the graph's trades, for all rates. */
function subscribe(url: string) {
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
  let onTick = (_id: number): void => undefined;
  let failure: unknown;
  const begin = (): void => void client.subscribe<{ tradePrinted: { venueTradeId: string } }>({ query: `subscription { tradePrinted(instrumentIds: ["${PRODUCT}.COINBASE"]) { price quantity venueTradeId } }` }, {
    next: ({ data, errors }) => {
      if (data) onTick(Number(data.tradePrinted.venueTradeId));
      else failure = errors;
    },
    error: (error) => (failure = error),
    complete: () => undefined,
  });
  return {
    arrived: ((listener) => {
      onTick = listener;
      return { [Symbol.dispose]: () => (onTick = () => undefined) };
    }) as Listen,
    /** Returns once a tick has come all the way; the instrument is not known at once. */
    async ready(venue: TickVenue): Promise<void> {
      let seen = 0;
      using _ = this.arrived(() => seen++);
      begin();
      for (const deadline = performance.now() + GIVE_UP_MS; seen === 0; await delay(200)) {
        if (performance.now() > deadline) throw new Error(`no tick came in ${GIVE_UP_MS} ms: ${JSON.stringify(failure)}`);
        if (failure !== undefined) begin();
        failure = undefined;
        await venue.say(10, 0.1);
      }
      await delay(1_000);
    },
    [Symbol.dispose]: () => void client.dispose(),
  };
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
