// What the simulator holds an engine to, kept outside of it: every answer that got out, and a reference that is given
// each journalled command once, as a core that never crashed and as the naive exchange.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { decodeCommand } from '@mib/proto/decode-command';
import type { CommandResult, EngineCommand } from '@mib/proto/engine-commands';
import { COMMAND } from '@mib/proto/layout-command';
import { RECORD_BYTES, RECORD_NUMBERS, recordViews } from '@mib/proto/layout-record';
import { NaiveComparison } from '../core/naive/naive-comparison.ts';
import { stateHash } from '../core/state-hash.ts';
import { JournalReader } from '../journal/journal-reader.ts';
import type { Storage } from '../storage/storage.ts';
import { isKeyed } from './simulated-client.ts';
import { DIRECTORY, type SimulatedEngine } from './simulated-engine.ts';

interface Answer {
  readonly command: EngineCommand;
  readonly result: CommandResult;
}

export class Audit {
  readonly #reference = new NaiveComparison();
  /** Journalled commands as first seen, and the reference's results and events of them. */
  readonly #records: Buffer[] = [];
  readonly #results: CommandResult[] = [];
  readonly #events: Uint8Array[] = [];
  readonly #answers: Answer[] = [];
  /** First answer to each account and clientOrderId. */
  readonly #first = new Map<string, CommandResult>();
  /** Event records that left the engine. */
  readonly #published: Uint8Array[] = [];

  get answers(): number {
    return this.#answers.length;
  }

  /** A command that is repeated is answered as the first time: it was not applied twice. */
  answered(command: EngineCommand, result: CommandResult): void {
    this.#answers.push({ command, result });
    if (!isKeyed(command)) return;
    const key = `${command.accountNumber} ${command.clientOrderId}`;
    const first = this.#first.get(key);
    if (first) assert.deepEqual(result, { ...first, replayed: true }, `${key} was answered before`);
    else this.#first.set(key, { ...result, replayed: false });
  }

  published(events: Uint8Array): void {
    this.#published.push(events);
  }

  /** Looks at an engine that has just recovered and applied nothing since. */
  recovered(engine: SimulatedEngine, storage: Storage): void {
    this.readOn(storage);
    const { core } = this.#reference.driver;
    assert.equal(engine.durable, this.#records.length, 'the writer goes on after the last command');
    for (const { command, result } of this.#answers) this.#survives(command, result);
    assert.equal(stateHash(engine.core), stateHash(core), 'state of the recovered engine and of a core that never crashed');
    this.#compareEvents(storage);
    this.#reference.compareState();
  }

  /** Gives the reference the commands that it has not seen; those it has must be there as they were. */
  readOn(storage: Storage): void {
    let last = 0;
    using reader = new JournalReader(storage, DIRECTORY);
    for (let block = reader.next(); block; block = reader.next()) {
      for (let index = block.first; index < block.first + block.count; index++) {
        const record = Buffer.from(block.views.bytes.slice(index * RECORD_BYTES, (index + 1) * RECORD_BYTES));
        last = block.views.numbers[index * RECORD_NUMBERS + COMMAND.SEQUENCE_NUMBER]!;
        const known = this.#records[last - 1];
        if (known) assert.ok(known.equals(record), `command ${last} is as it was`);
        else this.#apply(record);
      }
    }
    assert.equal(last, this.#records.length, 'the journal ends where it ended, or later');
  }

  #apply(record: Buffer): void {
    const views = recordViews(new ArrayBuffer(RECORD_BYTES));
    views.bytes.set(record);
    const afterNs = views.longs[COMMAND.TIMESTAMP_LONG]! - this.#reference.driver.timeNs;
    const { result, eventBytes } = this.#reference.step(decodeCommand(views, 0), afterNs);
    this.#records.push(record);
    this.#results.push(result);
    this.#events.push(eventBytes);
  }

  #survives(command: EngineCommand, result: CommandResult): void {
    const there = this.#results[result.sequence - 1];
    assert.ok(there, `${command.kind} was acknowledged as command ${result.sequence}, the journal ends at ${this.#results.length}`);
    assert.deepEqual({ ...result, replayed: there.replayed }, there, `the acknowledged result of command ${result.sequence}`);
  }

  /** The log holds exactly what the reference says, and nothing else was ever told to anybody. */
  #compareEvents(storage: Storage): void {
    const expected = Buffer.concat(this.#events);
    assert.ok(readEvents(storage).equals(expected), 'the event log is that of a core that never crashed');
    for (const events of this.#published) {
      if (events.byteLength === 0) continue;
      const at = (Buffer.from(events).readDoubleLE(8) - 1) * RECORD_BYTES;
      assert.ok(expected.subarray(at, at + events.byteLength).equals(events), 'events that were told are in the log');
    }
  }
}

function readEvents(storage: Storage): Buffer {
  const names = storage.list(DIRECTORY).filter((name) => name.startsWith('events-')).sort();
  return Buffer.concat(
    names.map((name) => {
      using file = storage.open(join(DIRECTORY, name), 'read');
      const bytes = Buffer.alloc(file.size());
      file.read(bytes, 0);
      return bytes;
    }),
  );
}
