// The end of orders by time: GTD when the sequenced time has reached their expiry, DAY when their instrument closes. Time
// only comes with commands; the engine sends ADVANCE_TIME by itself when the next expiry is due and nothing else comes.

import { ANY, cancelMany } from './cancel-many';
import { REASON, TIF } from './codes';
import { expiryCount, expiryDueMicros, firstToExpire } from './expiry-heap';
import { cancelOpen } from './open-orders';
import { nowMicros } from './output';

/** Cancels what has expired by the command's time, in order of expiry, then id. */
export function expire(): void {
  while (expiryCount > 0 && expiryDueMicros() <= nowMicros) cancelOpen(firstToExpire(), REASON.EXPIRED);
}

/** Cancels the DAY orders of an instrument that closes, by id. */
export function endDay(instrument: i32): void {
  cancelMany(ANY, instrument, ANY, TIF.DAY, REASON.EXPIRED);
}
