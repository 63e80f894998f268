// The names of records and rows one by one, for tests only: contract.test.ts finds by them where each one lies. Those that the
// core reads are read here, the others are written.

import { Feed } from './feeds';
import { Indicative } from './indicative';
import { Instrument } from './instruments';
import { Command, Event, Result } from './records';

export function commandKind(at: usize): i32 { return changetype<Command>(at).kind; }
export function commandRequestId(at: usize): i32 { return changetype<Command>(at).requestId; }
export function commandSequence(at: usize): f64 { return changetype<Command>(at).sequence; }
export function commandTimestampNs(at: usize): i64 { return changetype<Command>(at).timestampNs; }
export function commandAccount(at: usize): i32 { return changetype<Command>(at).account; }
export function commandInstrument(at: usize): i32 { return changetype<Command>(at).instrument; }
export function commandSide(at: usize): i32 { return changetype<Command>(at).side; }
export function commandType(at: usize): i32 { return changetype<Command>(at).type; }
export function commandTif(at: usize): i32 { return changetype<Command>(at).tif; }
export function commandPrice(at: usize): i32 { return changetype<Command>(at).price; }
export function commandQuantity(at: usize): f64 { return changetype<Command>(at).quantity; }
export function commandSecond(at: usize): f64 { return changetype<Command>(at).second; }
export function commandText(at: usize): i64 { return changetype<Command>(at).text; }
export function commandText1(at: usize): i64 { return changetype<Command>(at).text1; }
export function commandText2(at: usize): i64 { return changetype<Command>(at).text2; }
export function commandText3(at: usize): i64 { return changetype<Command>(at).text3; }
export function commandText4(at: usize): i64 { return changetype<Command>(at).text4; }
export function commandTrigger(at: usize): i32 { return changetype<Command>(at).trigger; }
export function commandDisplay(at: usize): i32 { return changetype<Command>(at).display; }
export function commandStream(at: usize): i32 { return changetype<Command>(at).stream; }
export function commandFlags(at: usize): i32 { return changetype<Command>(at).flags; }
export function commandReceivedMs(at: usize): f64 { return changetype<Command>(at).receivedMs; }
export function commandState(at: usize): i32 { return changetype<Command>(at).state; }
export function commandTickScale(at: usize): i32 { return changetype<Command>(at).tickScale; }
export function commandLotScale(at: usize): i32 { return changetype<Command>(at).lotScale; }
export function commandCashScale(at: usize): i32 { return changetype<Command>(at).cashScale; }
export function commandTakerPpm(at: usize): i32 { return changetype<Command>(at).takerPpm; }
export function commandMakerPpm(at: usize): i32 { return changetype<Command>(at).makerPpm; }
export function commandCollar(at: usize): i32 { return changetype<Command>(at).collar; }
export function commandOrderId(at: usize): f64 { return changetype<Command>(at).orderId; }
export function commandAmountUnits(at: usize): f64 { return changetype<Command>(at).amountUnits; }
export function commandTickUnits(at: usize): f64 { return changetype<Command>(at).tickUnits; }
export function commandLotUnits(at: usize): f64 { return changetype<Command>(at).lotUnits; }
export function commandExpireMicros(at: usize): f64 { return changetype<Command>(at).expireMicros; }
export function commandAmendedQuantity(at: usize): f64 { return changetype<Command>(at).amendedQuantity; }
export function commandVenueTradeId(at: usize): f64 { return changetype<Command>(at).venueTradeId; }
export function commandQuantityUnits(at: usize): f64 { return changetype<Command>(at).quantityUnits; }
export function commandQuantityScale(at: usize): i32 { return changetype<Command>(at).quantityScale; }
export function commandVenueTimeNs(at: usize): i64 { return changetype<Command>(at).venueTimeNs; }
export function commandCurrency(at: usize): i64 { return changetype<Command>(at).currency; }

export function eventKind(at: usize, value: i32): void { changetype<Event>(at).kind = value; }
export function eventInstrument(at: usize, value: i32): void { changetype<Event>(at).instrument = value; }
export function eventSequence(at: usize, value: f64): void { changetype<Event>(at).sequence = value; }
export function eventTimestampNs(at: usize, value: i64): void { changetype<Event>(at).timestampNs = value; }
export function eventCommandSequence(at: usize, value: f64): void { changetype<Event>(at).commandSequence = value; }
export function eventOrderId(at: usize, value: f64): void { changetype<Event>(at).orderId = value; }
export function eventAccount(at: usize, value: i32): void { changetype<Event>(at).account = value; }
export function eventTerms(at: usize, value: i32): void { changetype<Event>(at).terms = value; }
export function eventPrice(at: usize, value: i32): void { changetype<Event>(at).price = value; }
export function eventQuantity(at: usize, value: i32): void { changetype<Event>(at).quantity = value; }
export function eventRemaining(at: usize, value: i32): void { changetype<Event>(at).remaining = value; }
export function eventMakerRemaining(at: usize, value: i32): void { changetype<Event>(at).makerRemaining = value; }
export function eventText(at: usize, value: i64): void { changetype<Event>(at).text = value; }
export function eventText1(at: usize, value: i64): void { changetype<Event>(at).text1 = value; }
export function eventText2(at: usize, value: i64): void { changetype<Event>(at).text2 = value; }
export function eventText3(at: usize, value: i64): void { changetype<Event>(at).text3 = value; }
export function eventText4(at: usize, value: i64): void { changetype<Event>(at).text4 = value; }
export function eventDisplay(at: usize, value: i32): void { changetype<Event>(at).display = value; }
export function eventWord27(at: usize, value: i32): void { changetype<Event>(at).word27 = value; }
export function eventObserved(at: usize, value: f64): void { changetype<Event>(at).observed = value; }
export function eventLimitFlags(at: usize, value: i32): void { changetype<Event>(at).limitFlags = value; }
export function eventTrigger(at: usize, value: i32): void { changetype<Event>(at).trigger = value; }
export function eventAmount(at: usize, value: f64): void { changetype<Event>(at).amount = value; }
export function eventImbalance(at: usize, value: f64): void { changetype<Event>(at).imbalance = value; }
export function eventTotal(at: usize, value: f64): void { changetype<Event>(at).total = value; }
export function eventExpireMicros(at: usize, value: f64): void { changetype<Event>(at).expireMicros = value; }
export function eventMakerOrderId(at: usize, value: f64): void { changetype<Event>(at).makerOrderId = value; }
export function eventMakerAccount(at: usize, value: i32): void { changetype<Event>(at).makerAccount = value; }
export function eventTakerFee(at: usize, value: f64): void { changetype<Event>(at).takerFee = value; }
export function eventMakerFee(at: usize, value: f64): void { changetype<Event>(at).makerFee = value; }
export function eventVenueTradeId(at: usize, value: f64): void { changetype<Event>(at).venueTradeId = value; }
export function eventVenueTimeNs(at: usize, value: i64): void { changetype<Event>(at).venueTimeNs = value; }
export function eventCurrency(at: usize, value: i64): void { changetype<Event>(at).currency = value; }
export function eventLimit(at: usize, value: f64): void { changetype<Event>(at).limit = value; }
export function eventQuantityUnits(at: usize, value: f64): void { changetype<Event>(at).quantityUnits = value; }
export function eventQuantityScale(at: usize, value: i32): void { changetype<Event>(at).quantityScale = value; }
export function eventMakerPpm(at: usize, value: i32): void { changetype<Event>(at).makerPpm = value; }
export function eventTakerPpm(at: usize, value: i32): void { changetype<Event>(at).takerPpm = value; }
export function eventCollar(at: usize, value: i32): void { changetype<Event>(at).collar = value; }
/** @param from - address of a command. */
export function eventSetText(at: usize, from: usize): void { changetype<Event>(at).setText(changetype<Command>(from)); }

export function resultKind(at: usize, value: i32): void { changetype<Result>(at).kind = value; }
export function resultRequestId(at: usize, value: i32): void { changetype<Result>(at).requestId = value; }
export function resultSequence(at: usize, value: f64): void { changetype<Result>(at).sequence = value; }
export function resultTimestampNs(at: usize, value: i64): void { changetype<Result>(at).timestampNs = value; }
export function resultOutcome(at: usize, value: i32): void { changetype<Result>(at).outcome = value; }
export function resultFilledLots(at: usize, value: i32): void { changetype<Result>(at).filledLots = value; }
export function resultOrderId(at: usize, value: f64): void { changetype<Result>(at).orderId = value; }
export function resultLastEvent(at: usize, value: f64): void { changetype<Result>(at).lastEvent = value; }
export function resultLimit(at: usize, value: f64): void { changetype<Result>(at).limit = value; }
export function resultObserved(at: usize, value: f64): void { changetype<Result>(at).observed = value; }
export function resultStream(at: usize, value: i32): void { changetype<Result>(at).stream = value; }
export function resultWord17(at: usize, value: i32): void { changetype<Result>(at).word17 = value; }
export function resultReceivedMs(at: usize, value: f64): void { changetype<Result>(at).receivedMs = value; }
export function resultDueMicros(at: usize, value: f64): void { changetype<Result>(at).dueMicros = value; }

export function instrumentNumber(at: usize, value: i32): void { changetype<Instrument>(at).number = value; }
export function instrumentTickScale(at: usize, value: i32): void { changetype<Instrument>(at).tickScale = value; }
export function instrumentLotScale(at: usize, value: i32): void { changetype<Instrument>(at).lotScale = value; }
export function instrumentCashScale(at: usize, value: i32): void { changetype<Instrument>(at).cashScale = value; }
export function instrumentTickUnits(at: usize, value: f64): void { changetype<Instrument>(at).tickUnits = value; }
export function instrumentLotUnits(at: usize, value: f64): void { changetype<Instrument>(at).lotUnits = value; }
export function instrumentCashPerTickLot(at: usize, value: f64): void { changetype<Instrument>(at).cashPerTickLot = value; }
export function instrumentCurrency(at: usize, value: i32): void { changetype<Instrument>(at).currency = value; }
export function instrumentLastPrice(at: usize, value: i32): void { changetype<Instrument>(at).lastPrice = value; }
export function instrumentLastLots(at: usize, value: i32): void { changetype<Instrument>(at).lastLots = value; }
export function instrumentLastSide(at: usize, value: i32): void { changetype<Instrument>(at).lastSide = value; }
export function instrumentLastTimestampNs(at: usize, value: i64): void { changetype<Instrument>(at).lastTimestampNs = value; }
export function instrumentId(at: usize, value: i64): void { changetype<Instrument>(at).id = value; }
export function instrumentId1(at: usize, value: i64): void { changetype<Instrument>(at).id1 = value; }
export function instrumentId2(at: usize, value: i64): void { changetype<Instrument>(at).id2 = value; }
export function instrumentId3(at: usize, value: i64): void { changetype<Instrument>(at).id3 = value; }
export function instrumentId4(at: usize, value: i64): void { changetype<Instrument>(at).id4 = value; }
export function instrumentLastSequence(at: usize, value: f64): void { changetype<Instrument>(at).lastSequence = value; }
export function instrumentChangedNs(at: usize, value: i64): void { changetype<Instrument>(at).changedNs = value; }
export function instrumentState(at: usize, value: i32): void { changetype<Instrument>(at).state = value; }
export function instrumentUnused(at: usize, value: i32): void { changetype<Instrument>(at).unused = value; }

export function feedState(at: usize, value: f64): void { changetype<Feed>(at).state = value; }
export function feedLastTradeId(at: usize, value: f64): void { changetype<Feed>(at).lastTradeId = value; }
export function feedLastTradeMicros(at: usize, value: f64): void { changetype<Feed>(at).lastTradeMicros = value; }

export function indicativePrice(at: usize, value: f64): void { changetype<Indicative>(at).price = value; }
export function indicativeLots(at: usize, value: f64): void { changetype<Indicative>(at).lots = value; }
export function indicativeImbalance(at: usize, value: f64): void { changetype<Indicative>(at).imbalance = value; }
