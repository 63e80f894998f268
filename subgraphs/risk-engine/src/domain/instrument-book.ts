// The instruments registered in the engine, by number and by id. Immutable: a registration makes a new book.

import type { RiskInstrument } from './instrument.ts';

/** Cash units per currency are 10^-4 on this platform until an instrument of the currency says otherwise. */
const DEFAULT_CASH_SCALE = 4;

export class InstrumentBook {
  readonly #byNumber: ReadonlyMap<number, RiskInstrument>;
  readonly #byId: ReadonlyMap<string, RiskInstrument>;
  readonly #cashScales: ReadonlyMap<string, number>;

  constructor(instruments: readonly RiskInstrument[]) {
    this.#byNumber = new Map(instruments.map((instrument) => [instrument.number, instrument]));
    this.#byId = new Map(instruments.map((instrument) => [instrument.id, instrument]));
    this.#cashScales = new Map(instruments.map((instrument) => [instrument.currency, instrument.cashScale]));
  }

  find(id: string): RiskInstrument | undefined {
    return this.#byId.get(id);
  }

  byNumber(number: number): RiskInstrument | undefined {
    return this.#byNumber.get(number);
  }

  /** @throws {Error} for a number that no stored row can hold. */
  get(number: number): RiskInstrument {
    const instrument = this.#byNumber.get(number);
    if (!instrument) throw new Error(`instrument ${number} was never registered`);
    return instrument;
  }

  cashScale(currency: string): number {
    return this.#cashScales.get(currency) ?? DEFAULT_CASH_SCALE;
  }
}
