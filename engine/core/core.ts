// The deterministic heart: apply(commands) -> events and one result each. It reads no clock, no random and no file; time
// and sequence come with the command. The same commands give the same bytes, live, in replay and in a backtest.
//
//   expire ─► seen before? ─► the command itself ─► the stops that it elected ─► its levels, auctions ─► result

import { adjustCash, openUserAccount, registerInstrument, setRiskLimits, setTradingFees, setTradingState } from './administration';
import { amendOrder } from './amend';
import { announceAuction } from './auction';
import { levelAt } from './books';
import { massCancel } from './cancel-many';
import { CODE, COMMAND_KIND, NONE, RESULT_REPLAYED } from './codes';
import { levelChanged } from './events';
import { expire } from './expiry';
import { expiryDueMicros } from './expiry-heap';
import { claimKey, hasSameTerms, isKeyed, lookForKey, recallKey, settleKey } from './idempotency';
import { announceEntered, setInstrumentState } from './instrument-states';
import { collects, instrumentAt } from './instruments';
import { COMMANDS, layOut } from './memory';
import { lookForOrder } from './orders';
import { addResult, beginCommand, layOutOutput, refuse, writeResult } from './output';
import { layOutIndexes } from './pair-index';
import { Command, RECORD_BYTES, Result } from './records';
import { electedHead } from './stops';
import { forgetTouched, touchedAt, touchedCount } from './touched';
import { cancelOrder, placeOrder, workElected } from './trading';
import { printTrade, setFeedState } from './venue-feeds';
import { setVenueLevel } from './venue-levels';

/** Commands looked at together. */
const GROUP: i32 = 16;

layOut();
layOutIndexes();
layOutOutput();

/**
 * Applies the first `count` records at `commandsAt`, whose sequences and times are filled in; appends to the output.
 *
 * @param count - at most MAX_COMMANDS_PER_CALL.
 */
export function apply(count: i32): void {
  for (let first = 0; first < count; first += GROUP) {
    const end = min<i32>(first + GROUP, count);
    for (let index = first; index < end; index++) lookAhead(commandAt(index));
    for (let index = first; index < end; index++) applyOne(commandAt(index));
  }
}

/**
 * Asks for the far places in memory that the commands of a group will need, so that they come side by side instead of one
 * after the other (Chen et al., "Improving hash join performance through prefetching": group prefetching). Changes nothing.
 */
function lookAhead(command: Command): void {
  if (isKeyed(command)) lookForKey(command);
  if (command.kind == COMMAND_KIND.CANCEL_ORDER) lookForOrder(command.orderId);
}

// @ts-ignore: decorator
@inline
function commandAt(index: i32): Command {
  return changetype<Command>(COMMANDS + <usize>index * RECORD_BYTES);
}

/** First what has expired by its time goes, then the command is done, then the stops that it elected, then its levels are announced. */
function applyOne(command: Command): void {
  beginCommand(command);
  forgetTouched();
  expire();
  const keyed = isKeyed(command);
  const known = keyed ? claimKey(command) : NONE;
  const result = addResult();
  if (known < 0) dispatch(command);
  if (electedHead >= 0) workElected();
  if (touchedCount > 0) announceLevels();
  announceEntered();
  if (known >= 0) {
    answerAgain(command, known, result);
  } else {
    writeResult(result);
    if (keyed) settleKey(result);
  }
  address(command, result);
}

function dispatch(command: Command): void {
  switch (command.kind) {
    case COMMAND_KIND.PLACE_ORDER:
      return placeOrder(command);
    case COMMAND_KIND.CANCEL_ORDER:
      return cancelOrder(command);
    case COMMAND_KIND.SET_VENUE_LEVEL:
      return setVenueLevel(command);
    case COMMAND_KIND.AMEND_ORDER:
      return amendOrder(command);
    case COMMAND_KIND.REGISTER_INSTRUMENT:
      return registerInstrument(command);
    case COMMAND_KIND.OPEN_ACCOUNT:
      return openUserAccount(command);
    case COMMAND_KIND.ADJUST_CASH:
      return adjustCash(command);
    case COMMAND_KIND.SET_RISK_LIMITS:
      return setRiskLimits(command);
    case COMMAND_KIND.SET_TRADING_STATE:
      return setTradingState(command);
    case COMMAND_KIND.MASS_CANCEL:
      return massCancel(command);
    case COMMAND_KIND.SET_INSTRUMENT_STATE:
      return setInstrumentState(command);
    case COMMAND_KIND.SET_FEES:
      return setTradingFees(command);
    case COMMAND_KIND.SET_FEED_STATE:
      return setFeedState(command);
    case COMMAND_KIND.PRINT_TRADE:
      return printTrade(command);
    case COMMAND_KIND.ADVANCE_TIME:
      return;
    default:
      assert(false, 'command ' + (<i64>command.sequence).toString() + ' has unknown kind ' + command.kind.toString());
  }
}

/** One LevelChanged per level that the command touched, in the order of touching. */
function announceLevels(): void {
  let anyCollects = false;
  for (let place = 0; place < touchedCount; place++) {
    const touched = touchedAt(place);
    const instrument = instrumentAt(touched.instrument);
    if (touched.level < 0) levelChanged(instrument.number, touched.side, touched.price, 0, 0);
    else levelChanged(instrument.number, touched.side, touched.price, levelAt(touched.level).shown, levelAt(touched.level).orders);
    instrument.changed();
    if (collects(instrument.state)) anyCollects = true;
  }
  if (anyCollects) announceAuctions();
}

/** What the touched instruments that collect orders would trade now. */
function announceAuctions(): void {
  let before = NONE;
  for (let place = 0; place < touchedCount; place++) {
    const instrument = touchedAt(place).instrument;
    if (instrument != before && collects(instrumentAt(instrument).state)) announceAuction(instrument);
    before = instrument;
  }
}

/** A repeated command: the first one's outcome. Other terms under a used id: refused, and nothing happens. */
function answerAgain(command: Command, known: i32, result: Result): void {
  if (hasSameTerms(known, command)) {
    recallKey(known, result);
    result.outcome |= RESULT_REPLAYED << 16;
  } else {
    refuse(CODE.DUPLICATE_CLIENT_ORDER_ID);
    writeResult(result);
  }
}

/** Where the gateway sends the result, and when the engine has to advance time by itself. Nothing of it is state. */
function address(command: Command, result: Result): void {
  result.requestId = command.requestId;
  result.stream = command.stream;
  result.receivedMs = command.receivedMs;
  result.dueMicros = expiryDueMicros();
}
