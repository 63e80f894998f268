// The instruments registered in the engine, by number and by id. Immutable: a registration makes a new book.

import type { TradedInstrument } from './instrument.ts';

/** Cash units per currency are 10^-4 on this platform until an instrument of the currency says otherwise. */
const DEFAULT_CASH_SCALE = 4;

export class InstrumentBook {
  readonly all: readonly TradedInstrument[];
  readonly #byNumber: ReadonlyMap<number, TradedInstrument>;
  readonly #byId: ReadonlyMap<string, TradedInstrument>;
  readonly #cashScales: ReadonlyMap<string, number>;

  constructor(instruments: readonly TradedInstrument[]) {
    this.all = instruments;
    this.#byNumber = new Map(instruments.map((instrument) => [instrument.number, instrument]));
    this.#byId = new Map(instruments.map((instrument) => [instrument.id, instrument]));
    this.#cashScales = new Map(instruments.map((instrument) => [instrument.currency, instrument.cashScale]));
  }

  find(id: string): TradedInstrument | undefined {
    return this.#byId.get(id);
  }

  /** @throws {Error} for a number that no stored row can hold. */
  get(number: number): TradedInstrument {
    const instrument = this.#byNumber.get(number);
    if (!instrument) throw new Error(`instrument ${number} was never registered`);
    return instrument;
  }

  cashScale(currency: string): number {
    return this.#cashScales.get(currency) ?? DEFAULT_CASH_SCALE;
  }
}
