// An engine without threads, rings and network, on any storage: journal, then core, then event log. For tests of what
// disks do to it.

import { encodeCommand } from '@mib/proto/encode-command';
import type { EngineCommand } from '@mib/proto/engine-commands';
import { COMMAND } from '@mib/proto/layout-command';
import { RECORD_BYTES, RECORD_NUMBERS, recordViews } from '@mib/proto/layout-record';
import type { Core } from '../core/core.ts';
import { stateHash } from '../core/state-hash.ts';
import { EventLogWriter } from '../event-log/event-log-writer.ts';
import { HEADER_BYTES, MAX_BLOCK_RECORDS } from '../journal/journal-format.ts';
import { JournalWriter } from '../journal/journal-writer.ts';
import { replay } from '../replay.ts';
import type { Storage } from '../storage/storage.ts';
import { findStartingPoint } from './starting-point.ts';

const FIRST_TIME_NS = 1_577_836_800_000_000_000n; // 2020-01-01
const STEP_NS = 1_000n;

export class OneThreadEngine implements Disposable {
  readonly core: Core;
  /** Last command of the snapshot that it started from. */
  readonly startedFrom: number;
  readonly passedOver: readonly string[];
  readonly #journal: JournalWriter;
  readonly #events: EventLogWriter;

  /** Recovers. @throws what the engine would refuse to start for. */
  constructor(storage: Storage, directory: string, options: { readonly segmentBytes?: number } = {}) {
    const start = findStartingPoint(storage, directory);
    this.core = start.core;
    this.startedFrom = start.point.lastSequence;
    this.passedOver = start.passedOver;
    this.#events = new EventLogWriter(storage, directory, { after: start.point.lastEventSequence });
    replay(start, { onEvents: (records) => this.#events.append(records) });
    this.#events.finishRecovery();
    this.#journal = new JournalWriter(storage, directory, start.reader.end(), options);
    start.reader[Symbol.dispose]();
  }

  get lastSequence(): number {
    return this.core.lastCommandSequence;
  }

  get stateHash(): string {
    return stateHash(this.core);
  }

  /** Journals the commands as one block and applies them. */
  submit(commands: readonly EngineCommand[]): void {
    const { block } = this.#journal;
    const views = recordViews(block.buffer as ArrayBuffer, block.byteOffset + HEADER_BYTES, MAX_BLOCK_RECORDS * RECORD_BYTES);
    commands.forEach((command, index) => {
      const sequence = this.#journal.lastSequence + 1 + index;
      encodeCommand(views, index, command, sequence & 0x7fffffff);
      views.numbers[index * RECORD_NUMBERS + COMMAND.SEQUENCE_NUMBER] = sequence;
      views.longs[index * RECORD_NUMBERS + COMMAND.TIMESTAMP_LONG] = FIRST_TIME_NS + BigInt(sequence) * STEP_NS;
    });
    this.#journal.append(commands.length);
    const { output } = this.core;
    this.core.apply(views, 0, commands.length);
    this.#events.append(output.events.bytes.subarray(0, output.eventCount * RECORD_BYTES));
    output.clear();
  }

  [Symbol.dispose](): void {
    this.#journal[Symbol.dispose]();
    this.#events[Symbol.dispose]();
  }
}
