// Inner parts of the compiled core, for tests of them alone (engine/core/exposed.ts).

import { readFileSync } from 'node:fs';
import type { CoreNumber } from '../core/core-module.ts';

export interface ExposedCore {
  readonly memory: WebAssembly.Memory;
  /** Address of memory for a few records. */
  readonly recordsAt: CoreNumber;
  openSide(number: number, sign: number): void;
  sideCount(number: number): number;
  sideBestPrice(number: number): number;
  sideBestLevel(number: number): number;
  sideFind(number: number, price: number): number;
  sideWorse(number: number, price: number): number;
  sideInsert(number: number, price: number, level: number): void;
  sideRemove(number: number, price: number): void;
  /** In cash units, of `units` at millionths. */
  feeUnits(units: number, ppm: number): number;
  /** @throws when tick * lot * 10^exponent is no whole number below 2^53. */
  cashPerTickLot(tickUnits: number, lotUnits: number, exponent: number): number;
}

const MODULE = new WebAssembly.Module(readFileSync(new URL('../core/exposed.wasm', import.meta.url)));

export function exposedCore(): ExposedCore {
  const abort = () => { throw new Error('refused by the core'); };
  const parts = { number: (_: number, value: number) => value, array: () => undefined };
  return new WebAssembly.Instance(MODULE, { env: { abort }, parts }).exports as unknown as ExposedCore;
}
