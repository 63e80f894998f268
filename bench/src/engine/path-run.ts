// The engine's own pipeline in this process, fed by the engine's own intake and drained by its own publisher: from the
// claim of a slot in the input ring to the event in the output ring. Sender and receiver share the main thread, as in the
// engine.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExpiryTimer } from '@mib/engine/expiry-timer';
import { CommandIntake } from '@mib/engine/gateway/command-intake';
import { monotonicMs } from '@mib/engine/latency/monotonic-clock';
import { startPipeline } from '@mib/engine/pipeline';
import { Publisher, type ResultSink } from '@mib/engine/publisher/publisher';
import { RecentEvents } from '@mib/engine/publisher/recent-events';
import { EVENT, EVENT_KIND } from '@mib/proto/layout-event';
import { RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS, type RecordViews } from '@mib/proto/layout-record';
import { RESULT } from '@mib/proto/layout-result';
import { SETUP_COMMANDS } from './core-book.ts';
import { checksumOf, type Tally } from './order-mix.ts';

const CODE_OK = 1;
const STREAM = 1;
const NO_JOURNAL = new URL('./no-journal-worker.js', import.meta.url);

export interface PathRun extends AsyncDisposable {
  /** Commands answered so far. */
  readonly answered: number;
  readonly tally: Tally;
  /** Gets each command's index, in order, when its result is there. */
  onAnswer: ((index: number) => void) | undefined;
  /** Offers `records` [from, to); false when there is no room now. */
  offer(records: RecordViews, from: number, to: number): boolean;
  waitForRoom(count: number): Promise<void>;
  /** @throws when a command was refused. */
  waitUntilAnswered(count: number): Promise<void>;
}

export async function openPath(options: { journal: boolean; commandsPerSnapshot?: number; onSnapshotDue?: (directory: string, through: number) => void }): Promise<PathRun> {
  const directory = mkdtempSync(join(tmpdir(), 'mib-path-'));
  const answers = new Answers();
  const pipeline = await startPipeline({
    directory,
    onFailure: (failure) => answers.fail(new Error('the pipeline has failed', { cause: failure })),
    commandsPerSnapshot: options.commandsPerSnapshot ?? Infinity,
    onSnapshotDue: (through) => options.onSnapshotDue?.(directory, through),
    ...(options.journal ? {} : { journalWorker: NO_JOURNAL }),
  });
  const intake = new CommandIntake(pipeline.input, pipeline.latency);
  const events = new CountedEvents(0);
  const expiry = new ExpiryTimer({ advanceTime: () => intake.offerAdvanceTime(), nowMicros: () => Date.now() * 1_000 });
  const publishing = new Publisher({ output: pipeline.output, sink: answers, events, latency: pipeline.latency, expiry }).run();
  publishing.catch((error: unknown) => answers.fail(error as Error));
  return {
    get answered() {
      return answers.count;
    },
    get tally() {
      return events.tally;
    },
    get onAnswer() {
      return answers.onAnswer;
    },
    set onAnswer(onAnswer) {
      answers.onAnswer = onAnswer;
    },
    offer: (records, from, to) => intake.offer(records.bytes.subarray(from * RECORD_BYTES, to * RECORD_BYTES), STREAM, monotonicMs()),
    waitForRoom: (count) => intake.waitForRoom(count),
    waitUntilAnswered: (count) => answers.waitFor(count),
    async [Symbol.asyncDispose]() {
      await pipeline.halt();
      await publishing;
      pipeline.queries.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

class Answers implements ResultSink {
  count = 0;
  onAnswer: ((index: number) => void) | undefined;
  #wanted = 0;
  #wake: ((error?: Error) => void) | undefined;
  #failure: Error | undefined;

  onResult({ words }: RecordViews, index: number): void {
    const code = words[index * RECORD_WORDS + RESULT.OUTCOME]! & 0xff;
    if (code !== CODE_OK) this.fail(new Error(`command ${this.count + 1} was refused with code ${code}`));
    this.onAnswer?.(this.count);
    this.count++;
  }

  flush(): void {
    if (this.count >= this.#wanted) this.#wake?.();
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#wake?.(this.#failure);
  }

  waitFor(count: number): Promise<void> {
    this.#wanted = count;
    return new Promise((resolve, reject) => {
      this.#wake = (error) => (error ? reject(error) : resolve());
      if (this.#failure) reject(this.#failure);
      else this.flush();
    });
  }
}

/** Adds the trades up. */
class CountedEvents extends RecentEvents {
  #trades = 0;
  #lots = 0;
  #checksum = 0;

  get tally(): Tally {
    return { trades: this.#trades, lots: this.#lots, checksum: this.#checksum };
  }

  override add(views: RecordViews, index: number, count: number): void {
    super.add(views, index, count);
    const { words, numbers } = views;
    for (let slot = index; slot < index + count; slot++) {
      if (words[slot * RECORD_WORDS] !== EVENT_KIND.TRADE) continue;
      this.#trades++;
      this.#lots += words[slot * RECORD_WORDS + EVENT.QUANTITY]!;
      this.#checksum = checksumOf(this.#checksum, numbers[slot * RECORD_NUMBERS + EVENT.MAKER_ORDER_ID_NUMBER]! - SETUP_COMMANDS.length);
    }
  }
}

/** Sends [from, to) as fast as the engine takes it and waits for every answer. */
export async function saturate(path: PathRun, records: RecordViews, from: number, to: number, perFrame: number): Promise<void> {
  const answered = path.waitUntilAnswered(to);
  await sendAll(path, records, from, to, perFrame);
  await answered;
}

async function sendAll(path: PathRun, records: RecordViews, from: number, to: number, perFrame: number): Promise<void> {
  for (let at = from; at < to; at += perFrame) {
    const end = Math.min(to, at + perFrame);
    while (!path.offer(records, at, end)) await path.waitForRoom(end - at);
  }
}
