// Where the core writes what a command did: event records, numbered here, and one result record each. Events grow to the
// largest batch ever seen; both are emptied by whoever drains them. Records not in use are zeros, wiped all at once when
// the batch is emptied.

import { CODE, RESULT_HAS_LIMIT, RESULT_HAS_OBSERVED, RESULT_KIND, RESULT_REPLAYED, STATUS } from './codes';
import { reserve } from './memory';
import { numberPart } from './parts';
import { Command, Event, RECORD_BYTES, Result } from './records';

const FIRST_RECORDS: i32 = 1_024;

export let eventsAt: usize = 0;
export let eventCount: i32 = 0;
export let resultsAt: usize = 0;
export let resultCount: i32 = 0;
let eventCapacity: i32 = 0;
let resultCapacity: i32 = 0;

/** Of the command being applied, or the last one; copied into each of its events. */
export let commandSequence: f64 = 0;
export let timestampNs: i64 = 0;
/** Unix microseconds. */
export let nowMicros: f64 = 0;
export let lastEventSequence: f64 = 0;

/** What became of the command, collected while it is applied and written into its result at the end. */
export let code: i32 = CODE.OK;
let status: i32 = STATUS.NONE;
let isReplayed: bool = false;
export let orderId: f64 = 0;
export let filledLots: i32 = 0;
/** NaN when the code needs no figures. */
let limit: f64 = NaN;
let observed: f64 = NaN;

export function layOutOutput(): void {
  eventCapacity = FIRST_RECORDS;
  resultCapacity = FIRST_RECORDS;
  eventsAt = reserve(<usize>eventCapacity * RECORD_BYTES);
  resultsAt = reserve(<usize>resultCapacity * RECORD_BYTES);
}

export function beginCommand(command: Command): void {
  commandSequence = command.sequence;
  timestampNs = command.timestampNs;
  nowMicros = <f64>(timestampNs / 1_000);
  code = CODE.OK;
  status = STATUS.NONE;
  isReplayed = false;
  orderId = 0;
  filledLots = 0;
  limit = NaN;
  observed = NaN;
}

export function refuse(why: i32, itsLimit: f64 = NaN, itsObserved: f64 = NaN): void {
  code = why;
  status = STATUS.DENIED;
  limit = itsLimit;
  observed = itsObserved;
}

/** The command changes nothing, for all is so already. */
export function reportRepeated(): void {
  isReplayed = true;
}

export function reportOrder(id: f64): void {
  orderId = id;
}

export function reportStatus(itsStatus: i32, itsFilledLots: i32): void {
  status = itsStatus;
  filledLots = itsFilledLots;
}

export function reportFilled(lots: i32): void {
  filledLots = lots;
}

/** Adds an event with its head filled in and zeros behind it. */
export function addEvent(kind: i32, instrumentNumber: i32): Event {
  if (eventCount == eventCapacity) growEvents();
  const event = changetype<Event>(eventsAt + <usize>(eventCount++) * RECORD_BYTES);
  event.kind = kind;
  event.instrument = instrumentNumber;
  event.timestampNs = timestampNs;
  event.sequence = ++lastEventSequence;
  event.commandSequence = commandSequence;
  return event;
}

/** Adds a result record of zeros. */
export function addResult(): Result {
  if (resultCount == resultCapacity) growResults();
  return changetype<Result>(resultsAt + <usize>(resultCount++) * RECORD_BYTES);
}

export function writeResult(result: Result): void {
  let flags = isReplayed ? RESULT_REPLAYED : 0;
  if (!isNaN(limit)) {
    flags |= RESULT_HAS_LIMIT | RESULT_HAS_OBSERVED;
    result.limit = limit;
    result.observed = observed;
  }
  result.kind = RESULT_KIND;
  result.outcome = code | (status << 8) | (flags << 16);
  result.filledLots = filledLots;
  result.timestampNs = timestampNs;
  result.sequence = commandSequence;
  result.orderId = orderId;
  result.lastEvent = lastEventSequence;
}

/** Forgets what was drained. */
export function clearOutput(): void {
  memory.fill(eventsAt, 0, <usize>eventCount * RECORD_BYTES);
  memory.fill(resultsAt, 0, <usize>resultCount * RECORD_BYTES);
  eventCount = 0;
  resultCount = 0;
}

export function sequencesContents(): void {
  commandSequence = numberPart('lastCommandSequence', commandSequence);
  lastEventSequence = numberPart('lastEventSequence', lastEventSequence);
}

function growEvents(): void {
  eventsAt = doubled(eventsAt, eventCapacity);
  eventCapacity *= 2;
}

function growResults(): void {
  resultsAt = doubled(resultsAt, resultCapacity);
  resultCapacity *= 2;
}

function doubled(at: usize, capacity: i32): usize {
  const bytes = <usize>capacity * RECORD_BYTES;
  const larger = reserve(2 * bytes);
  memory.copy(larger, at, bytes);
  return larger;
}
