// What an outside feed says besides its levels: how far it can be trusted, and the trades that others made. A feed that is
// not LIVE shows nothing: its levels go in the very command that says so, so no order meets a price of before the gap.
// A print moves no position; it is the last trade like any other, so collars follow it and stops wake by it.

import { findAccount } from './accounts';
import { announceAuction } from './auction';
import { ANY, cancelMany } from './cancel-many';
import { MAX_ACCOUNTS } from './capacities';
import { BUY_SIDE, CODE, FEED_STATE, NONE, REASON, SELL_SIDE, SIDE } from './codes';
import { feedStateSet, printed } from './events';
import { feedAt, feedOf } from './feeds';
import { collects, findInstrument, instrumentAt } from './instruments';
import { openVenue } from './open-orders';
import { refuse, reportRepeated } from './output';
import { Command } from './records';
import { tradedAt } from './stops';

/** LIVE again is news: it still is. Any other state again is none, but withdraws what was shown since. */
export function setFeedState(command: Command): void {
  const instrument = enterFeed(command);
  if (instrument < 0) return;
  const wanted = command.state;
  if (feedAt(instrument).state == <f64>wanted && wanted != FEED_STATE.LIVE) reportRepeated();
  else {
    feedOf(instrument).state = <f64>wanted;
    feedStateSet(command.account, command.instrument, wanted);
    instrumentAt(instrument).changed();
  }
  if (wanted != FEED_STATE.LIVE) cancelMany(findAccount(command.account), instrument, ANY, 0, REASON.VENUE);
}

export function printTrade(command: Command): void {
  const index = enterFeed(command);
  if (index < 0) return;
  const venueTradeId = command.venueTradeId;
  if (venueTradeId <= feedAt(index).lastTradeId) return reportRepeated();
  const feed = feedOf(index);
  feed.lastTradeId = venueTradeId;
  feed.lastTradeMicros = <f64>(command.venueTimeNs / 1_000);
  const instrument = instrumentAt(index);
  const side = command.side == SIDE.BUY ? BUY_SIDE : SELL_SIDE;
  const lots = <i32>command.quantity;
  printed(command, side, lots);
  instrument.rememberTrade(side, command.price, lots);
  instrument.changed();
  tradedAt(index, command.price);
  if (collects(instrument.state)) announceAuction(index);
}

/** Opens the participant's account, as its first level would. @returns the instrument's index, or -1 when refused. */
function enterFeed(command: Command): i32 {
  const account = openVenue(command.account);
  const instrument = findInstrument(command.instrument);
  if (account < 0) refuse(CODE.CAPACITY_EXCEEDED, <f64>MAX_ACCOUNTS, <f64>MAX_ACCOUNTS);
  else if (instrument < 0) refuse(CODE.UNKNOWN_INSTRUMENT);
  return account < 0 ? NONE : instrument;
}
