// The phases of an instrument's day. Any may follow any other; what a change does besides, in this order:
//
//   to CONTINUOUS, and from AUCTION to CLOSED   a crossed book trades at its auction price
//   to CLOSED                                   orders of the day expire
//   to CONTINUOUS                               stops that the last trade has reached are elected

import { announceAuction, uncross } from './auction';
import { auctionLots, auctionPrice } from './auction-price';
import { CODE, INSTRUMENT_STATE, NONE } from './codes';
import { instrumentStateSet } from './events';
import { endDay } from './expiry';
import { setIndicative } from './indicative';
import { collects, findInstrument, instrumentAt } from './instruments';
import { refuse, reportRepeated } from './output';
import { Command } from './records';
import { tradedAt } from './stops';

/** Whose auction the command began. */
let entered: i32 = NONE;

/** The present state again is fine and changes nothing. */
export function setInstrumentState(command: Command): void {
  const state = command.state;
  const index = findInstrument(command.instrument);
  if (index < 0) return refuse(CODE.UNKNOWN_INSTRUMENT);
  const instrument = instrumentAt(index);
  const before = instrument.state;
  if (state == before) return reportRepeated();
  instrument.state = state;
  const uncrosses = state == INSTRUMENT_STATE.CONTINUOUS || (state == INSTRUMENT_STATE.CLOSED && before == INSTRUMENT_STATE.AUCTION);
  if (uncrosses) uncross(index);
  instrumentStateSet(command.instrument, state, uncrosses ? auctionPrice : 0, uncrosses ? auctionLots : 0);
  setIndicative(index, 0, 0, 0);
  if (collects(state)) entered = index;
  if (state == INSTRUMENT_STATE.CLOSED) endDay(index);
  if (state == INSTRUMENT_STATE.CONTINUOUS && instrument.lastPrice != 0) tradedAt(index, instrument.lastPrice);
}

/** Tells what a crossed book would trade in the auction that the command began, once all else is told. */
export function announceEntered(): void {
  if (entered == NONE) return;
  announceAuction(entered);
  entered = NONE;
}
