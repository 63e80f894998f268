// Entry of a process of its own that says how many bytes of garbage a command leaves: the check at the door, the copy into
// the journal's block with number and time, the core, and the copy of its output, over a stream of every common command.
// Run with a young generation so large that nothing is collected in between; then the heap's growth is what was allocated.

import { getHeapStatistics } from 'node:v8';
import { checkCommand } from '@mib/proto/check-command';
import { encodeCommand } from '@mib/proto/encode-command';
import type { EngineCommand } from '@mib/proto/engine-commands';
import { COMMAND, COMMAND_KIND } from '@mib/proto/layout-command';
import { RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS, recordViews, TEXT_WORD } from '@mib/proto/layout-record';
import { Core } from '../core/core.ts';
import { SeededRandom } from '../simulator/seeded-random.ts';

const ACCOUNTS = [1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007] as const;
const INSTRUMENTS = 4;
/** The same commands pass again and again, each time under new ids. */
const STREAM_COMMANDS = 16_384;
const BATCH = 256;
/** So many until everything is compiled for good: the compiler's own garbage is not counted. */
const WARM_UP_STREAMS = 80;
const MEASURED_STREAMS = 20;
const FIRST_TIME_NS = 1_577_836_800_000_000_000n;

const random = new SeededRandom(1).next;
const core = new Core();
const stream = recordViews(new ArrayBuffer(STREAM_COMMANDS * RECORD_BYTES));
const block = recordViews(new ArrayBuffer(BATCH * RECORD_BYTES));
const outgoing = recordViews(new ArrayBuffer(8 * BATCH * RECORD_BYTES));
let sequence = 0;

open();
fillStream();
for (let i = 0; i < WARM_UP_STREAMS; i++) run(i);
const before = getHeapStatistics().used_heap_size;
for (let i = 0; i < MEASURED_STREAMS; i++) run(WARM_UP_STREAMS + i);
const allocated = getHeapStatistics().used_heap_size - before;
const commands = MEASURED_STREAMS * STREAM_COMMANDS;
process.stdout.write(JSON.stringify({ commands, bytesPerCommand: allocated / commands, eventsPerCommand: core.lastEventSequence / sequence }));

function open(): void {
  const opening: EngineCommand[] = Array.from({ length: INSTRUMENTS }, (_, i) => ({ kind: 'RegisterInstrument', instrumentNumber: 1 + i, instrumentId: `I${i}.XSIM`, tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 }));
  for (const accountNumber of ACCOUNTS) {
    opening.push({ kind: 'OpenAccount', accountNumber }, { kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: 1e12, clientOrderId: 'deposit' }, { kind: 'SetRiskLimits', accountNumber, instrumentNumber: 0, maxPositionLots: 0, collarBasisPoints: 0 });
  }
  for (const command of opening) {
    encodeCommand(block, 0, command, 0);
    block.numbers[COMMAND.SEQUENCE_NUMBER] = ++sequence;
    block.longs[COMMAND.TIMESTAMP_LONG] = FIRST_TIME_NS;
    core.apply(block, 0);
  }
  core.output.clear();
}

/** Ids of orders are places in the stream, from 1; `run` adds what came before. */
function fillStream(): void {
  const placed: (readonly [account: number, id: number])[] = [];
  for (let i = 0; i < STREAM_COMMANDS - 1; i++) encodeCommand(stream, i, draw(placed, i + 1), i);
  encodeCommand(stream, STREAM_COMMANDS - 1, { kind: 'MassCancel', accountNumber: 0, instrumentNumber: 0 }, 0);
}

function draw(placed: (readonly [number, number])[], id: number): EngineCommand {
  const instrumentNumber = 1 + Math.floor(random() * INSTRUMENTS);
  const side = random() < 0.5 ? 'BUY' : 'SELL';
  const away = Math.floor(random() * random() * 60) - 1;
  const limitPriceTicks = side === 'BUY' ? 10_000 - away : 10_000 + away;
  const quantityLots = 1 + Math.floor(random() * 50);
  const choice = random();
  if (choice < 0.35 && placed.length > 0) {
    const [accountNumber, orderId] = placed.splice(Math.floor(random() * placed.length), 1)[0]!;
    return choice < 0.3 ? { kind: 'CancelOrder', accountNumber, orderId } : { kind: 'AmendOrder', accountNumber, orderId, quantityLots };
  }
  if (choice < 0.5) return { kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber, side, priceTicks: limitPriceTicks + (side === 'BUY' ? -5 : 5), quantityLots: 10 * Math.floor(random() * 10) };
  const accountNumber = ACCOUNTS[Math.floor(random() * ACCOUNTS.length)]!;
  const terms = { kind: 'PlaceOrder', accountNumber, clientOrderId: `0000-${id}`, instrumentNumber, side, quantityLots } as const;
  placed.push([accountNumber, id]);
  if (choice < 0.6) return { ...terms, type: 'LIMIT', tif: 'IOC', limitPriceTicks: side === 'BUY' ? 10_010 : 9_990 };
  if (choice < 0.65) return { ...terms, type: 'MARKET', tif: 'GTC' };
  if (choice < 0.68) return { ...terms, type: 'STOP', tif: 'GTC', triggerTicks: side === 'BUY' ? 10_004 : 9_996 };
  if (choice < 0.7) return { ...terms, type: 'LIMIT', tif: 'GTC', limitPriceTicks, displayLots: quantityLots > 1 ? quantityLots >> 1 : 1 };
  return { ...terms, type: 'LIMIT', tif: choice < 0.8 ? 'DAY' : 'GTC', limitPriceTicks };
}

function run(round: number): void {
  renew(round);
  for (let first = 0; first < STREAM_COMMANDS; first += BATCH) {
    for (let i = 0; i < BATCH; i++) checkCommand(stream, first + i);
    stamp(first, FIRST_TIME_NS + BigInt(sequence));
    core.apply(block, 0, BATCH);
    const { output } = core;
    copyOut(output.events.words, Math.min(output.eventCount, 8 * BATCH) * RECORD_WORDS);
    copyOut(output.results.words, output.resultCount * RECORD_WORDS);
    output.clear();
  }
}

/** New client order ids, and orders' ids of this round. */
function renew(round: number): void {
  const first = round === 0 ? sequence : STREAM_COMMANDS;
  const digits = 0x30303030 + (round % 10) * 0x1000000 + (Math.floor(round / 10) % 10) * 0x10000;
  for (let i = 0; i < STREAM_COMMANDS; i++) {
    const kind = stream.words[i * RECORD_WORDS + COMMAND.KIND];
    if (kind === COMMAND_KIND.PLACE_ORDER) stream.words[i * RECORD_WORDS + TEXT_WORD] = digits;
    if (kind === COMMAND_KIND.CANCEL_ORDER || kind === COMMAND_KIND.AMEND_ORDER) stream.numbers[i * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]! += first;
  }
}

/** As JournalLoop does. */
function stamp(first: number, timestampNs: bigint): void {
  for (let i = 0; i < BATCH; i++) {
    const from = (first + i) * RECORD_WORDS;
    for (let word = 0; word < RECORD_WORDS; word++) block.words[i * RECORD_WORDS + word] = stream.words[from + word]!;
    block.numbers[i * RECORD_NUMBERS + COMMAND.SEQUENCE_NUMBER] = ++sequence;
    block.longs[i * RECORD_NUMBERS + COMMAND.TIMESTAMP_LONG] = timestampNs;
  }
}

function copyOut(words: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) outgoing.words[i] = words[i]!;
}
