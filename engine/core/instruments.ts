// What is known of each instrument: its definition, fixed once registered, its state and its last trade.

import { MAX_INSTRUMENTS } from './capacities';
import { BUY_SIDE, INSTRUMENT_STATE } from './codes';
import { INSTRUMENTS } from './memory';
import { lastEventSequence, timestampNs } from './output';
import { instrumentNumbers } from './pair-index';
import { arrayPart, pairsPart } from './parts';
import { Command } from './records';

@unmanaged
export class Instrument {
  number: i32;
  tickScale: i32;
  lotScale: i32;
  cashScale: i32;
  tickUnits: f64;
  lotUnits: f64;
  cashPerTickLot: f64;
  currency: i32;
  /** Ticks; 0 before the first trade. */
  lastPrice: i32;
  lastLots: i32;
  /** On the wire: 1 buy, 2 sell. */
  lastSide: i32;
  lastTimestampNs: i64;
  id: i64;
  id1: i64;
  id2: i64;
  id3: i64;
  /** The last four characters, and the length. */
  id4: i64;
  /** Of the last trade's event. */
  lastSequence: f64;
  changedNs: i64;
  /** INSTRUMENT_STATE. */
  state: i32;
  unused: i32;

  /** Written when the trade's event is the newest one. */
  @inline
  rememberTrade(takerSide: i32, price: i32, lots: i32): void {
    this.lastPrice = price;
    this.lastLots = lots;
    this.lastSide = takerSide == BUY_SIDE ? 1 : 2;
    this.lastTimestampNs = timestampNs;
    this.lastSequence = lastEventSequence;
  }

  @inline
  changed(): void {
    this.changedNs = timestampNs;
  }

  setId(command: Command): void {
    this.id = command.text;
    this.id1 = command.text1;
    this.id2 = command.text2;
    this.id3 = command.text3;
    this.id4 = command.text4;
  }

  hasId(command: Command): bool {
    return this.id == command.text && this.id1 == command.text1 && this.id2 == command.text2 && this.id3 == command.text3 && <i32>this.id4 == <i32>command.text4;
  }
}

// @ts-ignore: decorator
@inline
export function instrumentAt(instrument: i32): Instrument {
  return changetype<Instrument>(INSTRUMENTS + (<usize>instrument << 7));
}

/** Index of the instrument, or -1. */
// @ts-ignore: decorator
@inline
export function findInstrument(instrumentNumber: i32): i32 {
  return instrumentNumbers.find(instrumentNumber, 0);
}

/** True in the states that take orders without trading them, until an auction does. */
export function collects(state: i32): bool {
  return state == INSTRUMENT_STATE.PRE_OPEN || state == INSTRUMENT_STATE.AUCTION;
}

export function instrumentsContents(): void {
  pairsPart('instruments/index/count', 'instruments/index/pairs', instrumentNumbers);
  arrayPart('instruments/words', INSTRUMENTS, instrumentNumbers.count, MAX_INSTRUMENTS, offsetof<Instrument>());
}
