// How fast an engine comes back: the replay of a whole journal against the bare core on the same commands, and a start
// from a snapshot against that replay. BENCH_COMMANDS sets the length of the journal.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Core } from '@mib/engine/core/core';
import { stateHash } from '@mib/engine/core/state-hash';
import { EventLogWriter } from '@mib/engine/event-log/event-log-writer';
import { JournalReader } from '@mib/engine/journal/journal-reader';
import { replay } from '@mib/engine/replay';
import { OneThreadEngine } from '@mib/engine/snapshot/one-thread-engine';
import { keepSnapshots, listSnapshots } from '@mib/engine/snapshot/snapshot-files';
import { findStartingPoint } from '@mib/engine/snapshot/starting-point';
import { takeSnapshot } from '@mib/engine/snapshot/take-snapshot';
import { nodeStorage } from '@mib/engine/storage/node-storage';
import type { EngineCommand } from '@mib/proto/engine-commands';
import { alignedViews, RECORD_BYTES, type RecordViews } from '@mib/proto/layout-record';
import { seededRandom } from '@mib/testkit/random';
import { compare, type BenchRow } from './harness.ts';

const COMMANDS = Number(process.env['BENCH_COMMANDS'] ?? 1_000_000);
const TAIL_COMMANDS = COMMANDS / 10;
const BLOCK_COMMANDS = 256;
const RUNS = 5;
const SEED = 1;
const INSTRUMENTS = 20;
const ACCOUNTS = 100;
const FIRST_ACCOUNT = 1_000;
const CANCELLED = 0.4;
/** Orders that may still be open, of which the mix cancels some. */
const REMEMBERED_ORDERS = 20_000;

export async function run(): Promise<readonly BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'mib-recovery-'));
  try {
    const { hash, events } = record(directory);
    const blocks = readBlocks(directory);
    const size = `${COMMANDS.toLocaleString('en')} commands in blocks of ${BLOCK_COMMANDS}, ${events.toLocaleString('en')} events, ${INSTRUMENTS} instruments; files in the page cache`;
    const replayRow = await compare({
      name: 'replay of a whole journal', peerName: 'the core alone, commands in memory', unit: 'M commands/s', better: 'higher', runs: RUNS,
      note: `${size}. Ours checks the journal's checksums and compares every event with the log; both end with the state hash of the engine that wrote it.`,
      ours: () => millionsPerSecond(() => start(directory, hash)),
      peer: () => millionsPerSecond(() => applyAll(blocks, hash)),
    });
    const startRow = await compare({
      name: `start from a snapshot ${TAIL_COMMANDS.toLocaleString('en')} commands old`, peerName: 'start by replay of the whole journal', unit: 'ms', better: 'lower', runs: RUNS,
      note: `${size}. Both end with the same state hash; the snapshot's own hash and checksums are checked too.`,
      ours: () => withSnapshot(directory, () => milliseconds(() => start(directory, hash))),
      peer: () => milliseconds(() => start(directory, hash)),
    });
    return [replayRow, startRow];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Has an engine trade, and keeps its journal and its events. */
function record(directory: string): { hash: string; events: number } {
  using engine = new OneThreadEngine(nodeStorage, directory);
  engine.submit(opening());
  const random = seededRandom(SEED);
  const orders: (readonly [account: number, orderId: number])[] = [];
  while (engine.lastSequence < COMMANDS) {
    const first = engine.lastSequence + 1;
    engine.submit(Array.from({ length: BLOCK_COMMANDS }, (_, index) => draw(random, orders, first + index)));
  }
  return { hash: engine.stateHash, events: engine.core.lastEventSequence };
}

function opening(): EngineCommand[] {
  const instruments = Array.from({ length: INSTRUMENTS }, (_, i): EngineCommand => ({ kind: 'RegisterInstrument', instrumentNumber: 1 + i, instrumentId: `I${i}.XSIM`, tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 }));
  const accounts = Array.from({ length: ACCOUNTS }, (_, i) => FIRST_ACCOUNT + i).flatMap((accountNumber): EngineCommand[] => [
    { kind: 'OpenAccount', accountNumber },
    { kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: 1e13, clientOrderId: 'deposit' },
    { kind: 'SetRiskLimits', accountNumber, instrumentNumber: 0, maxPositionLots: 0, collarBasisPoints: 0 },
  ]);
  return [...instruments, ...accounts];
}

/** A limit order near the touch, or the cancel of an older one. */
function draw(random: () => number, orders: (readonly [number, number])[], sequence: number): EngineCommand {
  if (orders.length === REMEMBERED_ORDERS || (orders.length > 0 && random() < CANCELLED)) {
    const at = Math.floor(random() * orders.length);
    const [accountNumber, orderId] = orders[at]!;
    orders[at] = orders.at(-1)!;
    orders.pop();
    return { kind: 'CancelOrder', accountNumber, orderId };
  }
  const side = random() < 0.5 ? 'BUY' : 'SELL';
  const away = Math.floor(random() * random() * 40) - 2;
  const accountNumber = FIRST_ACCOUNT + Math.floor(random() * ACCOUNTS);
  orders.push([accountNumber, sequence]);
  return { kind: 'PlaceOrder', accountNumber, clientOrderId: `c-${sequence}`, instrumentNumber: 1 + Math.floor(random() * INSTRUMENTS), side, type: 'LIMIT', tif: 'GTC', limitPriceTicks: side === 'BUY' ? 1_000 - away : 1_000 + away, quantityLots: 1 + Math.floor(random() * 9) };
}

function start(directory: string, hash: string): void {
  const from = findStartingPoint(nodeStorage, directory);
  using log = new EventLogWriter(nodeStorage, directory, { after: from.point.lastEventSequence });
  replay(from, { onEvents: (records) => log.append(records) });
  log.finishRecovery();
  from.reader[Symbol.dispose]();
  expectHash(from.core, hash);
}

function readBlocks(directory: string): RecordViews[] {
  using reader = new JournalReader(nodeStorage, directory, 1);
  const blocks: RecordViews[] = [];
  for (let block = reader.next(); block; block = reader.next()) blocks.push(alignedViews(block.views.bytes.subarray(block.first * RECORD_BYTES, (block.first + block.count) * RECORD_BYTES)));
  return blocks;
}

function applyAll(blocks: readonly RecordViews[], hash: string): void {
  const core = new Core();
  for (const block of blocks) {
    core.apply(block, 0, block.bytes.byteLength / RECORD_BYTES);
    core.output.clear();
  }
  expectHash(core, hash);
}

function withSnapshot(directory: string, measure: () => number): number {
  if (listSnapshots(nodeStorage, directory).length === 0) takeSnapshot(nodeStorage, directory, COMMANDS - TAIL_COMMANDS);
  const [sequence] = listSnapshots(nodeStorage, directory);
  if (sequence === undefined) throw new Error('no snapshot was taken');
  const measured = measure();
  keepSnapshots(nodeStorage, directory, []);
  return measured;
}

function expectHash(core: Core, hash: string): void {
  if (stateHash(core) !== hash) throw new Error(`the state has hash ${stateHash(core)} instead of ${hash}`);
}

function milliseconds(action: () => void): number {
  const startedAt = performance.now();
  action();
  return performance.now() - startedAt;
}

function millionsPerSecond(action: () => void): number {
  return COMMANDS / 1_000 / milliseconds(action);
}
