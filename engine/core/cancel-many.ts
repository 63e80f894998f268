// Cancelling all orders that match: the kill switch, and the end of a day. It looks at every open order once and sorts
// those that match by id, so the order of cancels does not depend on where they lie.

import { accountNumberOf, findAccount } from './accounts';
import { BUY_SIDE, CODE, FIRST_USER_ACCOUNT, REASON, SELL_SIDE, SIDE } from './codes';
import { findInstrument } from './instruments';
import { ORDER_IDS } from './memory';
import { cancelOpen, withdraw } from './open-orders';
import { findOrder, Order, orderAt, orderHighWater } from './orders';
import { termsAt } from './order-terms';
import { refuse, reportFilled } from './output';
import { Command } from './records';

/** What matches, as indices; -1 matches any. */
export const ANY: i32 = -1;

export function massCancel(command: Command): void {
  const account = command.account == 0 ? ANY : findAccount(command.account);
  if (command.account != 0 && account < 0) return refuse(CODE.UNKNOWN_ACCOUNT);
  const instrument = command.instrument == 0 ? ANY : findInstrument(command.instrument);
  if (command.instrument != 0 && instrument < 0) return refuse(CODE.UNKNOWN_INSTRUMENT);
  const side = command.side == 0 ? ANY : command.side == SIDE.BUY ? BUY_SIDE : SELL_SIDE;
  reportFilled(cancelMany(account, instrument, side, 0, REASON.MASS_CANCEL));
}

/**
 * By id, ascending. A venue's levels are withdrawn without a word.
 *
 * @param account - index; ANY matches that of any user.
 * @param tif - 0 matches any; any other matches accounts of all kinds.
 * @returns the orders cancelled.
 */
export function cancelMany(account: i32, instrument: i32, side: i32, tif: i32, reason: i32): i32 {
  let matching = 0;
  for (let index = 0; index < orderHighWater; index++) {
    const order = orderAt(index);
    if (matches(order, account, instrument, side, tif) && findOrder(order.id) == index) setId(matching++, order.id);
  }
  sort(matching);
  let cancelled = 0;
  for (let place = 0; place < matching; place++) cancelled += cancelOne(findOrder(idAt(place)), reason);
  return cancelled;
}

function matches(order: Order, account: i32, instrument: i32, side: i32, tif: i32): bool {
  if (instrument != ANY && order.instrument != instrument) return false;
  if (side != ANY && order.side != side) return false;
  if (tif != 0) return order.terms != 0 && termsAt(order.terms).tif == tif;
  return account != ANY ? order.account == account : accountNumberOf(order.account) >= FIRST_USER_ACCOUNT;
}

function cancelOne(index: i32, reason: i32): i32 {
  const order = orderAt(index);
  if (order.isVenueLevel == 1) {
    withdraw(index, order.remaining);
    return 0;
  }
  cancelOpen(index, reason);
  return 1;
}

/** Heapsort of the first so many ids (Williams, Floyd): in place, n log n at worst. */
function sort(ids: i32): void {
  for (let place = ids / 2 - 1; place >= 0; place--) sink(place, ids);
  for (let last = ids - 1; last > 0; last--) {
    const highest = idAt(0);
    setId(0, idAt(last));
    setId(last, highest);
    sink(0, last);
  }
}

function sink(from: i32, ids: i32): void {
  const id = idAt(from);
  let place = from;
  for (let child = 2 * place + 1; child < ids; child = 2 * place + 1) {
    if (child + 1 < ids && idAt(child + 1) > idAt(child)) child++;
    if (idAt(child) <= id) break;
    setId(place, idAt(child));
    place = child;
  }
  setId(place, id);
}

// @ts-ignore: decorator
@inline
function idAt(place: i32): f64 {
  return load<f64>(ORDER_IDS + (<usize>place << 3));
}

// @ts-ignore: decorator
@inline
function setId(place: i32, id: f64): void {
  store<f64>(ORDER_IDS + (<usize>place << 3), id);
}
