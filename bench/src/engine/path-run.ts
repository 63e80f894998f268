// The engine's own pipeline in this process, fed by the engine's own intake: from the claim of a slot in the input ring to
// the event in the output ring. Sender and receiver share the main thread, as in the engine.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CommandIntake } from '@mib/engine/gateway/command-intake';
import { monotonicMs } from '@mib/engine/latency/monotonic-clock';
import { startPipeline, type Pipeline } from '@mib/engine/pipeline';
import { Consumer } from '@mib/engine/ring/consumer';
import { EVENT, EVENT_KIND } from '@mib/proto/layout-event';
import { RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS, recordViews, type RecordViews } from '@mib/proto/layout-record';
import { RESULT, RESULT_KIND } from '@mib/proto/layout-result';
import { SETUP_COMMANDS } from './core-book.ts';
import { checksumOf, type Tally } from './order-mix.ts';

const CODE_OK = 1;
const STREAM = 1;
const NO_JOURNAL = new URL('./no-journal-worker.js', import.meta.url);

export interface PathRun extends AsyncDisposable {
  /** Commands answered so far; a command that is refused throws. */
  readonly answered: number;
  readonly tally: Tally;
  /** Offers `records` [from, to); false when there is no room now. */
  offer(records: RecordViews, from: number, to: number): boolean;
  waitForRoom(count: number): Promise<void>;
  /** Takes what is in the output ring. `onResult` gets each command's index, in order. */
  drain(onResult?: (index: number) => void): void;
  waitForOutput(): Promise<void>;
}

export async function openPath(options: { journal: boolean }): Promise<PathRun> {
  const directory = mkdtempSync(join(tmpdir(), 'mib-path-'));
  const fail = (failure: unknown): never => {
    throw new Error('the pipeline has failed', { cause: failure });
  };
  const pipeline = await openPipeline(directory, options.journal, fail);
  const intake = new CommandIntake(pipeline.input, pipeline.latency);
  const output = new OutputReader(pipeline);
  return {
    get answered() {
      return output.answered;
    },
    get tally() {
      return output.tally;
    },
    offer: (records, from, to) => intake.offer(records.bytes.subarray(from * RECORD_BYTES, to * RECORD_BYTES), STREAM, monotonicMs()),
    waitForRoom: (count) => intake.waitForRoom(count),
    drain: (onResult) => output.drain(onResult),
    waitForOutput: () => output.wait(),
    async [Symbol.asyncDispose]() {
      await pipeline.halt();
      pipeline.queries.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function openPipeline(directory: string, journal: boolean, onFailure: (failure: unknown) => void): Promise<Pipeline> {
  const options = { directory, onFailure, commandsPerSnapshot: Infinity, onSnapshotDue: () => undefined, ...(journal ? {} : { journalWorker: NO_JOURNAL }) };
  return startPipeline(options);
}

class OutputReader {
  answered = 0;
  readonly #consumer: Consumer<'publisher'>;
  readonly #slots: RecordViews;
  readonly #mask: number;
  #trades = 0;
  #lots = 0;
  #checksum = 0;

  constructor({ output }: Pipeline) {
    this.#consumer = new Consumer(output, 'publisher');
    this.#slots = recordViews(output.slots);
    this.#mask = output.slotCount - 1;
  }

  get tally(): Tally {
    return { trades: this.#trades, lots: this.#lots, checksum: this.#checksum };
  }

  async wait(): Promise<void> {
    await this.#consumer.waitAsync();
    await nextTurn();
  }

  drain(onResult?: (index: number) => void): void {
    const available = this.#consumer.available();
    const first = (this.#consumer.done + 1) | 0;
    const count = (available - this.#consumer.done) | 0;
    if (count === 0) return;
    for (let i = 0; i < count; i++) this.#take((first + i) & this.#mask, onResult);
    this.#consumer.release(available);
  }

  #take(slot: number, onResult: ((index: number) => void) | undefined): void {
    const { words, numbers } = this.#slots;
    const word = slot * RECORD_WORDS;
    const kind = words[word];
    if (kind === RESULT_KIND) {
      if ((words[word + RESULT.OUTCOME]! & 0xff) !== CODE_OK) throw new Error(`command ${this.answered + 1} was refused with code ${words[word + RESULT.OUTCOME]! & 0xff}`);
      onResult?.(this.answered);
      this.answered++;
    } else if (kind === EVENT_KIND.TRADE) {
      this.#trades++;
      this.#lots += words[word + EVENT.QUANTITY]!;
      this.#checksum = checksumOf(this.#checksum, numbers[slot * RECORD_NUMBERS + EVENT.MAKER_ORDER_ID_NUMBER]! - SETUP_COMMANDS.length);
    }
  }
}

/** Sends [from, to) as fast as the engine takes it and waits for every answer. */
export async function saturate(path: PathRun, records: RecordViews, from: number, to: number, perFrame: number): Promise<void> {
  const sending = sendAll(path, records, from, to, perFrame);
  while (path.answered < to) {
    path.drain();
    if (path.answered < to) await path.waitForOutput();
  }
  await sending;
}

async function sendAll(path: PathRun, records: RecordViews, from: number, to: number, perFrame: number): Promise<void> {
  for (let at = from; at < to; at += perFrame) {
    const end = Math.min(to, at + perFrame);
    while (!path.offer(records, at, end)) await path.waitForRoom(end - at);
  }
}
