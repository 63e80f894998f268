// Drives a core by hand, one command at a time, for tests and benchmarks: gives each its sequence and a made-up time,
// and reads back the result and the events.

import { decodeEvent } from '@mib/proto/decode-event';
import { decodeResult } from '@mib/proto/decode-result';
import { encodeCommand } from '@mib/proto/encode-command';
import type { CommandResult, JournalledCommand } from '@mib/proto/engine-commands';
import type { EngineEvent } from '@mib/proto/engine-events';
import { COMMAND } from '@mib/proto/layout-command';
import { RECORD_BYTES, RECORD_WORDS, recordViews, type RecordViews } from '@mib/proto/layout-record';
import { Core } from './core.ts';

const FIRST_TIME_NS = 1_577_836_800_000_000_000n; // 2020-01-01
const STEP_NS = 1_000n;

export class CoreDriver {
  readonly core: Core;
  readonly #record = recordViews(new ArrayBuffer(RECORD_BYTES));
  #sequence: number;
  #timeNs: bigint;

  /** Goes on where `core` stands. */
  constructor(core = new Core()) {
    this.core = core;
    this.#sequence = core.lastCommandSequence;
    this.#timeNs = FIRST_TIME_NS + BigInt(this.#sequence) * STEP_NS;
  }

  /** Time of the last command. */
  get timeNs(): bigint {
    return this.#timeNs;
  }

  /**
   * @param alter - changes the record after it was encoded, as a client without our encoder could send it.
   * @param afterNs - nanoseconds since the command before.
   */
  submit(command: JournalledCommand, alter?: (record: RecordViews) => void, afterNs = STEP_NS): { readonly result: CommandResult; readonly events: readonly EngineEvent[]; readonly eventBytes: Uint8Array } {
    this.#sequence++;
    this.#timeNs += afterNs;
    encodeCommand(this.#record, 0, command, this.#sequence & 0x7fffffff);
    alter?.(this.#record);
    this.#record.numbers[COMMAND.SEQUENCE_NUMBER] = this.#sequence;
    this.#record.longs[COMMAND.TIMESTAMP_LONG] = this.#timeNs;
    const { output } = this.core;
    this.core.apply(this.#record, 0);
    const result = decodeResult(output.results, (output.resultCount - 1) * RECORD_WORDS);
    const events = Array.from({ length: output.eventCount }, (_, index) => decodeEvent(output.events, index));
    const eventBytes = output.events.bytes.slice(0, output.eventCount * RECORD_BYTES);
    output.clear();
    return { result, events, eventBytes };
  }
}
