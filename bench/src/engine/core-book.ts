// The whole core as it runs in the engine: risk gate, positions, client order ids, event and result records. The mix
// becomes command records, from 64 users with cash enough.

import { encodeCommand } from '@mib/proto/encode-command';
import type { EngineCommand } from '@mib/proto/engine-commands';
import { EVENT, EVENT_KIND } from '@mib/proto/layout-event';
import { COMMAND } from '@mib/proto/layout-command';
import { RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS, recordViews, type RecordViews } from '@mib/proto/layout-record';
import { RESULT } from '@mib/proto/layout-result';
import { Core } from '@mib/engine/core/core';
import { checksumOf, OPERATION, STEP, STEP_WORDS, type OrderMix, type Tally } from './order-mix.ts';

/** As the core's thread does it: outcomes are let out after so many commands. */
const BATCH = 512;
export const FIRST_ACCOUNT = 1_000;
/** Orders come from so many users. */
export const ACCOUNTS = 64;
const TIME_NS = 1_577_836_800_000_000_000n;
/** Orders have ids equal to the sequence of their command; these come first. */
export const SETUP_COMMANDS: readonly EngineCommand[] = [
  { kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'BENCH.XSIM', tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 2 },
  ...Array.from({ length: ACCOUNTS }, (_, i): EngineCommand[] => [
    { kind: 'OpenAccount', accountNumber: FIRST_ACCOUNT + i },
    { kind: 'AdjustCash', accountNumber: FIRST_ACCOUNT + i, currency: 'USD', amountUnits: 2 ** 50, clientOrderId: `cash-${i}` },
    { kind: 'SetRiskLimits', accountNumber: FIRST_ACCOUNT + i, instrumentNumber: 0, maxPositionLots: 2 ** 30, collarBasisPoints: 0 },
  ]).flat(),
];

/** The mix as command records, sequenced and dated; order ids are shifted by the commands of the setup. */
export function encodeMix(mix: OrderMix): RecordViews {
  const total = SETUP_COMMANDS.length + mix.fillCount + mix.count;
  const views = recordViews(new ArrayBuffer(total * RECORD_BYTES));
  SETUP_COMMANDS.forEach((command, index) => encodeCommand(views, index, command, index));
  for (let i = 0; i < mix.fillCount + mix.count; i++) encodeCommand(views, SETUP_COMMANDS.length + i, commandOf(mix.steps, i), i & 0x7fffffff);
  for (let i = 0; i < total; i++) {
    views.numbers[i * RECORD_NUMBERS + COMMAND.SEQUENCE_NUMBER] = i + 1;
    views.longs[i * RECORD_NUMBERS + COMMAND.TIMESTAMP_LONG] = TIME_NS + BigInt(i) * 1_000n;
  }
  return views;
}

export function commandOf(steps: Int32Array, index: number): EngineCommand {
  const at = index * STEP_WORDS;
  const id = steps[at + STEP.ID]!;
  const accountNumber = FIRST_ACCOUNT + (id % ACCOUNTS);
  if (steps[at + STEP.OPERATION] === OPERATION.CANCEL) return { kind: 'CancelOrder', accountNumber, orderId: id + SETUP_COMMANDS.length };
  return {
    kind: 'PlaceOrder',
    accountNumber,
    clientOrderId: `bench-order-${String(id).padStart(9, '0')}`,
    instrumentNumber: 1,
    side: steps[at + STEP.SIDE] === 1 ? 'BUY' : 'SELL',
    type: 'LIMIT',
    tif: steps[at + STEP.OPERATION] === OPERATION.TAKE ? 'IOC' : 'GTC',
    limitPriceTicks: steps[at + STEP.PRICE]!,
    quantityLots: steps[at + STEP.LOTS]!,
  };
}

export interface Measured {
  /** Million commands per second. */
  readonly rate: number;
  readonly tally: Tally;
}

/** Applies everything; only what follows the fill is timed. */
export function runCore(records: RecordViews, mix: OrderMix): Measured {
  const core = new Core();
  const counter = new TradeCounter();
  const filled = SETUP_COMMANDS.length + mix.fillCount;
  applyAll(core, records, 0, filled, counter);
  const startedMs = performance.now();
  applyAll(core, records, filled, filled + mix.count, counter);
  const tookMs = performance.now() - startedMs;
  return { rate: mix.count / tookMs / 1_000, tally: counter.tally() };
}

function applyAll(core: Core, records: RecordViews, from: number, to: number, counter: TradeCounter): void {
  for (let start = from; start < to; start += BATCH) {
    const end = Math.min(to, start + BATCH);
    core.apply(records, start, end - start);
    counter.count(core.output.events, core.output.eventCount);
    checkResults(core.output.results, core.output.resultCount);
    core.output.clear();
  }
}

function checkResults(results: RecordViews, count: number): void {
  let codes = 0;
  for (let i = 0; i < count; i++) codes |= results.words[i * RECORD_WORDS + RESULT.OUTCOME]! & 0xff;
  if (codes !== CODE_OK) throw new Error('a command was refused');
}

const CODE_OK = 1;

export class TradeCounter {
  #trades = 0;
  #lots = 0;
  #checksum = 0;

  count(events: RecordViews, eventCount: number): void {
    const { words, numbers } = events;
    for (let i = 0; i < eventCount; i++) {
      if (words[i * RECORD_WORDS] !== EVENT_KIND.TRADE) continue;
      this.#trades++;
      this.#lots += words[i * RECORD_WORDS + EVENT.QUANTITY]!;
      this.#checksum = checksumOf(this.#checksum, numbers[i * RECORD_NUMBERS + EVENT.MAKER_ORDER_ID_NUMBER]! - SETUP_COMMANDS.length);
    }
  }

  tally(): Tally {
    return { trades: this.#trades, lots: this.#lots, checksum: this.#checksum };
  }
}
