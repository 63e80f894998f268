// Memory under a day's load, compressed: a market that stays the same size, sent through the whole path as fast as it goes,
// and what the process holds looked at after every half million commands.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { encodeCommand } from '@mib/proto/encode-command';
import type { EngineCommand } from '@mib/proto/engine-commands';
import { RECORD_BYTES, recordViews } from '@mib/proto/layout-record';
import { median, row, type BenchRow } from '../harness.ts';
import { ACCOUNTS, FIRST_ACCOUNT, SETUP_COMMANDS } from './core-book.ts';
import { openPath, type PathRun } from './path-run.ts';

const COMMANDS = 20_000_000;
/** Tables fill: client order ids are kept of the last 262,144 commands. Not counted. */
const WARM_UP = 2_000_000;
const PER_SAMPLE = 500_000;
const PER_FRAME = 250;
/** Orders that rest at any time; each is cancelled when so many others have followed it. */
const RESTING = 10_000;
const PRICE_LEVELS = 500;
const MIDDLE = 1_000_000;
/** Of ten pairs of commands nine place an order and cancel an old one; one places an order and takes it. */
const CYCLE = 20;
const MIB = 2 ** 20;

interface Sample {
  readonly rssMib: number;
  readonly heapMib: number;
}

export async function run(): Promise<BenchRow[]> {
  await using path = await openPath({ journal: true });
  const market = new SteadyMarket();
  const startedMs = performance.now();
  await send(path, market, WARM_UP);
  const samples: Sample[] = [];
  for (let sent = WARM_UP; sent < WARM_UP + COMMANDS; sent += PER_SAMPLE) {
    await send(path, market, sent + PER_SAMPLE);
    samples.push(measure());
  }
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  const note = `${COMMANDS.toLocaleString('en')} commands after ${WARM_UP.toLocaleString('en')} of warm-up, ${seconds} s in all; ${RESTING} resting orders, ${ACCOUNTS} users, 9 of 10 orders cancelled, 1 traded; whole path with journal and event log, every result OK; ${samples.length} samples, medians of the quarters, limit 1.0; not counted: snapshots (their thread comes and goes), gRPC`;
  return [
    compareQuarters('memory, resident', note, samples.map((sample) => sample.rssMib)),
    compareQuarters('memory, heap of the main thread', `${heapGrowth(samples)}; after a collection each; the bench encodes there too; ${note}`, samples.map((sample) => sample.heapMib)),
  ];
}

function compareQuarters(name: string, note: string, values: readonly number[]): BenchRow {
  const quarter = values.length / 4;
  return row({ name, peerName: 'first quarter', unit: 'MiB', better: 'lower', runs: 1, note, ours: median(values.slice(-quarter)), peer: median(values.slice(0, quarter)) });
}

/** Between the middles of the first and the last quarter. */
function heapGrowth(samples: readonly Sample[]): string {
  const quarter = samples.length / 4;
  const heapOf = (part: readonly Sample[]): number => median(part.map((sample) => sample.heapMib));
  const grownKib = (heapOf(samples.slice(-quarter)) - heapOf(samples.slice(0, quarter))) * 1_024;
  return `${(grownKib / ((COMMANDS / 1e6) * 0.75)).toFixed(2)} KiB of growth a million commands`;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function measure(): Sample {
  collectGarbage();
  const { rss, heapUsed } = process.memoryUsage();
  return { rssMib: rss / MIB, heapMib: heapUsed / MIB };
}

/** Sends until `total` commands of the market have been sent, and waits for every answer. */
async function send(path: PathRun, market: SteadyMarket, total: number): Promise<void> {
  const frame = recordViews(new ArrayBuffer(PER_FRAME * RECORD_BYTES));
  while (market.sent < total) {
    for (let i = 0; i < PER_FRAME; i++) encodeCommand(frame, i, market.next(), i);
    while (!path.offer(frame, 0, PER_FRAME)) await path.waitForRoom(PER_FRAME);
  }
  await path.waitUntilAnswered(total);
}

/** A market without end and without growth, whose every command is accepted. An order's id is the number of its command. */
class SteadyMarket {
  sent = 0;
  /** Ids of the resting orders, oldest at `#oldest` modulo their number. */
  readonly #resting = new Float64Array(RESTING);
  #placed = 0;

  next(): EngineCommand {
    const at = this.sent;
    const id = ++this.sent;
    if (at < SETUP_COMMANDS.length) return SETUP_COMMANDS[at]!;
    const step = (at - SETUP_COMMANDS.length) % CYCLE;
    const cycle = (at - SETUP_COMMANDS.length - step) / CYCLE;
    if (step === 0) return order(id, 'SELL', MIDDLE, cycle);
    if (step === 1) return order(id, 'BUY', MIDDLE, cycle + 1);
    return step % 2 === 0 ? this.#place(id) : this.#cancel(id);
  }

  /** Buys below the middle, sells above it. */
  #place(id: number): EngineCommand {
    const place = this.#placed++;
    const away = 1 + (place % PRICE_LEVELS);
    const isBuy = place % 2 === 0;
    this.#resting[place % RESTING] = id;
    return order(id, isBuy ? 'BUY' : 'SELL', isBuy ? MIDDLE - away : MIDDLE + away, place);
  }

  /** The oldest of a full market, or another order while it fills. */
  #cancel(id: number): EngineCommand {
    if (this.#placed < RESTING) return this.#place(id);
    const place = this.#placed % RESTING;
    return { kind: 'CancelOrder', accountNumber: accountOf(this.#placed - RESTING), orderId: this.#resting[place]! };
  }
}

function order(id: number, side: 'BUY' | 'SELL', limitPriceTicks: number, turn: number): EngineCommand {
  return { kind: 'PlaceOrder', accountNumber: accountOf(turn), clientOrderId: `day-${id}`, instrumentNumber: 1, side, type: 'LIMIT', tif: 'GTC', limitPriceTicks, quantityLots: 1 };
}

function accountOf(turn: number): number {
  return FIRST_ACCOUNT + (turn % ACCOUNTS);
}
