// The core's book with its matching and nothing around it: what a peer that is only a book is compared with. What is timed
// is compiled with the core (engine/core/matching-alone.ts); steps go in and trades come out as records, a batch at a time.

import { readFileSync } from 'node:fs';
import { CoreOutput } from '@mib/engine/core/core';
import type { CoreExports } from '@mib/engine/core/core-module';
import { RECORD_BYTES, type RecordViews } from '@mib/proto/layout-record';
import { ACCOUNTS, SETUP_COMMANDS, TradeCounter, type Measured } from './core-book.ts';
import { STEP_WORDS, type OrderMix } from './order-mix.ts';

/** The event log's records are let out after so many steps. */
const BATCH = 512;
const MODULE = new WebAssembly.Module(readFileSync(new URL('matching-alone.wasm', import.meta.resolve('@mib/engine/core/core'))));

interface MatchingAlone extends CoreExports {
  /** Makes the first `accounts` accounts ready to trade; step ids become order ids behind those of `setupCommands`. */
  open(accounts: number, setupCommands: number): void;
  /** Takes the first `count` steps, which stand where commands do. */
  pass(count: number): void;
}

/** @param records - the mix as `encodeMix` made it; only its setup is applied as commands. */
export function runMatching(records: RecordViews, mix: OrderMix): Measured {
  const alone = instantiate();
  const output = new CoreOutput(alone);
  output.commandBytes.set(records.bytes.subarray(0, SETUP_COMMANDS.length * RECORD_BYTES));
  alone.apply(SETUP_COMMANDS.length);
  alone.open(ACCOUNTS, SETUP_COMMANDS.length);
  output.clear();
  const counter = new TradeCounter();
  pass(alone, output, mix.steps, 0, mix.fillCount, counter);
  const startedMs = performance.now();
  pass(alone, output, mix.steps, mix.fillCount, mix.fillCount + mix.count, counter);
  const tookMs = performance.now() - startedMs;
  return { rate: mix.count / tookMs / 1_000, tally: counter.tally() };
}

function pass(alone: MatchingAlone, output: CoreOutput, steps: Int32Array, from: number, to: number, counter: TradeCounter): void {
  const bytes = new Uint8Array(steps.buffer, steps.byteOffset, steps.byteLength);
  const stepBytes = STEP_WORDS * steps.BYTES_PER_ELEMENT;
  for (let start = from; start < to; start += BATCH) {
    const end = Math.min(to, start + BATCH);
    output.commandBytes.set(bytes.subarray(start * stepBytes, end * stepBytes));
    alone.pass(end - start);
    counter.count(output.events, output.eventCount);
    output.clear();
  }
}

function instantiate(): MatchingAlone {
  const abort = (): never => { throw new Error('a step was refused'); };
  const parts = { number: (_: number, value: number) => value, array: () => undefined };
  return new WebAssembly.Instance(MODULE, { env: { abort }, parts }).exports as unknown as MatchingAlone;
}
