// The deterministic heart as its thread sees it: commands in, events and one result each out. What happens in between is
// engine/core, compiled to WebAssembly; here are only the copies into its memory and the views of what it wrote.

import { RECORD_BYTES, recordViews, type RecordViews } from '@mib/proto/layout-record';
import { coreConstant, instantiateCore, type CoreExports, type Parts } from './core-module.ts';

/** Commands that the core takes at once. */
const MAX_COMMANDS_PER_CALL = coreConstant('MAX_COMMANDS_PER_CALL');

export class Core {
  readonly output: CoreOutput;
  /** What may be asked between two commands. */
  readonly reads: Omit<CoreExports, 'apply' | 'clearOutput' | 'contents' | 'rebuild'>;
  readonly #core: CoreExports;
  #parts: Parts | undefined;

  constructor() {
    this.#core = instantiateCore({ number: (name, value) => this.#parts!.number(name, value), array: (name, table, usedBytes) => this.#parts!.array(name, table, usedBytes) });
    this.reads = this.#core;
    this.output = new CoreOutput(this.#core);
  }

  get lastCommandSequence(): number {
    return this.#core.commandSequence.value;
  }

  get lastEventSequence(): number {
    return this.#core.lastEventSequence.value;
  }

  /** When the next order expires, in Unix microseconds; 0 for never. */
  get dueMicros(): number {
    return this.#core.expiryDueMicros();
  }

  /**
   * Applies the commands at records `first` and on, whose sequences and times are filled in; appends to `output`.
   *
   * @throws {CoreFailure} for a record that the gateway would not have let in; the core is then of no use.
   */
  apply(records: RecordViews, first: number, count = 1): void {
    for (let done = 0; done < count; ) {
      const part = Math.min(count - done, MAX_COMMANDS_PER_CALL);
      const from = (first + done) * RECORD_BYTES;
      this.output.commandBytes.set(records.bytes.subarray(from, from + part * RECORD_BYTES));
      this.#core.apply(part);
      done += part;
    }
  }

  /** Shows every part of the state. */
  showParts(parts: Parts): void {
    this.#parts = parts;
    this.#core.contents();
  }

  /** Takes every part of the state from elsewhere; only of a core that has applied nothing. */
  takeParts(parts: Parts): void {
    this.showParts(parts);
    this.#core.rebuild();
  }
}

/** What the commands applied since the last `clear` did, as records. The views are good until the next command. */
export class CoreOutput {
  readonly #core: CoreExports;
  #events!: RecordViews;
  #results!: RecordViews;
  #commandBytes!: Uint8Array;

  constructor(core: CoreExports) {
    this.#core = core;
    this.#look();
  }

  get events(): RecordViews {
    if (this.#isOutdated(this.#events, this.#core.eventsAt.value)) this.#look();
    return this.#events;
  }

  get eventCount(): number {
    return this.#core.eventCount.value;
  }

  get results(): RecordViews {
    if (this.#isOutdated(this.#results, this.#core.resultsAt.value)) this.#look();
    return this.#results;
  }

  get resultCount(): number {
    return this.#core.resultCount.value;
  }

  /** Where commands go in. */
  get commandBytes(): Uint8Array {
    if (this.#commandBytes.buffer !== this.#core.memory.buffer) this.#look();
    return this.#commandBytes;
  }

  clear(): void {
    this.#core.clearOutput();
  }

  /** The core's memory has grown, or the records have moved within it. */
  #isOutdated({ bytes }: RecordViews, at: number): boolean {
    return bytes.buffer !== this.#core.memory.buffer || bytes.byteOffset !== at;
  }

  #look(): void {
    const { memory, commandsAt, eventsAt, resultsAt } = this.#core;
    this.#commandBytes = new Uint8Array(memory.buffer, commandsAt.value, MAX_COMMANDS_PER_CALL * RECORD_BYTES);
    this.#events = recordsFrom(memory, eventsAt.value);
    this.#results = recordsFrom(memory, resultsAt.value);
  }
}

/** As many records as there could be. */
function recordsFrom(memory: WebAssembly.Memory, at: number): RecordViews {
  return recordViews(memory.buffer, at, Math.floor((memory.buffer.byteLength - at) / RECORD_BYTES) * RECORD_BYTES);
}
