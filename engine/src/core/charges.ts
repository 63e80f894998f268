// Moves the fee of one side of a fill between the account of the house and, through the position's fill, the trader.

import * as fromEngineCommands from '@mib/proto/engine-commands';
import * as fromAccounts from './accounts.ts';
import type { EventWriter } from './event-writer.ts';
import { feeUnits } from './fees.ts';
import * as fromInstruments from './instruments.ts';
import type { State } from './state.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { HOUSE_ACCOUNT } = fromEngineCommands;
const { CASH } = fromAccounts;
const { INSTRUMENT } = fromInstruments;

export class Charges {
  readonly #state: State;
  readonly #events: EventWriter;

  constructor(state: State, events: EventWriter) {
    this.#state = state;
    this.#events = events;
  }

  /** False while nobody pays any. */
  get areSet(): boolean {
    return this.#state.fees.areSet;
  }

  /** Gives the maker's fee to the house. @returns cash units for the account to pay, negative to receive. */
  ofMaker(instrument: number, account: number, units: number): number {
    const { fees } = this.#state;
    return fees.areSet ? this.#charge(instrument, account, units, fees.makerPpm(instrument)) : 0;
  }

  ofTaker(instrument: number, account: number, units: number): number {
    const { fees } = this.#state;
    return fees.areSet ? this.#charge(instrument, account, units, fees.takerPpm(instrument)) : 0;
  }

  #charge(instrument: number, account: number, units: number, ppm: number): number {
    const { accounts, instruments } = this.#state;
    if (!accounts.isUser(account)) return 0;
    const fee = feeUnits(units, ppm);
    if (fee === 0) return 0;
    accounts.cash[accounts.cashAt(this.#house(), instruments.word(instrument, INSTRUMENT.CURRENCY)) + CASH.TOTAL]! += fee;
    return fee;
  }

  /** The first fee opens the account, just before the trade that charges it. */
  #house(): number {
    const { accounts } = this.#state;
    const known = accounts.find(HOUSE_ACCOUNT);
    if (known >= 0) return known;
    this.#events.accountOpened(HOUSE_ACCOUNT);
    return accounts.open(HOUSE_ACCOUNT);
  }
}
