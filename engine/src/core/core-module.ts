// The compiled core (engine/core, AssemblyScript): its machine code, made once per thread, and what it exports.

import { readFileSync } from 'node:fs';
import { CORE_FILE } from '#core-file';

declare global {
  /** What is used here of it; the library that declares it all is the browser's (lib.dom). */
  namespace WebAssembly {
    class Module {
      constructor(bytes: Uint8Array);
    }
    class Instance {
      constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, (...values: number[]) => unknown>>>>);
      readonly exports: Readonly<Record<string, unknown>>;
    }
    interface Memory {
      readonly buffer: ArrayBuffer;
    }
  }
}

const MODULE = new WebAssembly.Module(readFileSync(new URL(`../core/${CORE_FILE}`, import.meta.url)));

/** A number that the core changes; read it after every call. */
export interface CoreNumber {
  readonly value: number;
}

/** Addresses are bytes into `memory`; accounts, instruments, positions and levels are indices, -1 for none. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  readonly commandsAt: CoreNumber;
  readonly eventsAt: CoreNumber;
  readonly eventCount: CoreNumber;
  readonly resultsAt: CoreNumber;
  readonly resultCount: CoreNumber;
  readonly commandSequence: CoreNumber;
  readonly lastEventSequence: CoreNumber;
  /** Orders that rest or wait. */
  readonly openOrders: CoreNumber;
  apply(count: number): void;
  clearOutput(): void;
  contents(): void;
  rebuild(): void;
  expiryDueMicros(): number;
  findAccount(accountNumber: number): number;
  accountNumberOf(account: number): number;
  isUser(account: number): number;
  tradingStateOf(account: number): number;
  findInstrument(instrumentNumber: number): number;
  accountCount(): number;
  currencyCount(): number;
  instrumentCount(): number;
  limitCount(): number;
  positionCount(): number;
  currencyCodeAt(currency: number): number;
  cashTotal(account: number, currency: number): number;
  cashLocked(account: number, currency: number): number;
  firstPosition(account: number): number;
  nextPosition(position: number): number;
  positionInstrument(position: number): number;
  positionQuantity(position: number): number;
  positionOpenBuyLots(position: number): number;
  positionOpenSellLots(position: number): number;
  limitAccount(entry: number): number;
  limitInstrument(entry: number): number;
  limitMaxPositionLots(entry: number): number;
  limitCollarBasisPoints(entry: number): number;
  instrumentRow(instrument: number): number;
  feedRow(instrument: number): number;
  indicativeRow(instrument: number): number;
  bestLevel(instrument: number, side: number): number;
  worseLevel(instrument: number, side: number, level: number): number;
  levelPrice(level: number): number;
  levelShown(level: number): number;
  levelOrders(level: number): number;
}

/** Asked for each part of the state by name, in a fixed order, by the core's `contents`. */
export interface Parts {
  /** @returns the number to go on with: the one given, or the loaded one. */
  number(name: string, value: number): number;
  /** @param table - the core's own memory, valid until the next command; the part is its first `usedBytes`. */
  array(name: string, table: Uint8Array, usedBytes: number): void;
}

export class CoreFailure extends Error {
  override readonly name = 'CoreFailure';
}

/** A core that has applied nothing. @param parts - is asked whenever `contents` is called. */
export function instantiateCore(parts: Parts): CoreExports {
  const text = (at: number) => readText(core.memory, at);
  const imports = {
    env: { abort: (message: number, file: number, line: number) => { throw new CoreFailure(`${text(message)} (${text(file)}:${line})`); } },
    parts: {
      number: (name: number, value: number) => parts.number(text(name), value),
      array: (name: number, at: number, usedBytes: number, tableBytes: number) => parts.array(text(name), new Uint8Array(core.memory.buffer, at, tableBytes), usedBytes),
    },
  };
  const core = new WebAssembly.Instance(MODULE, imports).exports as unknown as CoreExports;
  return core;
}

/** The value of a constant that the module exports. */
export function coreConstant(name: string): number {
  return (CONSTANTS[name] as CoreNumber).value;
}

/** AssemblyScript's strings: UTF-16, their length in bytes just before them. */
function readText(memory: WebAssembly.Memory, at: number): string {
  const byteLength = new DataView(memory.buffer).getUint32(at - 4, true);
  return Buffer.from(memory.buffer, at, byteLength).toString('utf16le');
}

const CONSTANTS = instantiateCore({ number: (_, value) => value, array: () => undefined }) as unknown as Record<string, unknown>;
