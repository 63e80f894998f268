// Where the core writes what a command did: event records, numbered here, and one result record. It grows to the
// largest batch ever seen and is emptied by whoever drains it. Records not in use are zeros, wiped all at once when the
// batch is emptied: one wipe for hundreds of records instead of a call for each.

import * as fromLayoutEvent from '@mib/proto/layout-event';
import * as fromLayoutRecord from '@mib/proto/layout-record';
import { recordViews, type RecordViews } from '@mib/proto/layout-record';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { EVENT } = fromLayoutEvent;
const { RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS } = fromLayoutRecord;

const FIRST_RECORDS = 1_024;
const { KIND, INSTRUMENT, TIMESTAMP, SEQUENCE_NUMBER, COMMAND_NUMBER } = EVENT;

export class CommandOutput {
  events: RecordViews = recordViews(new ArrayBuffer(FIRST_RECORDS * RECORD_BYTES));
  eventCount = 0;
  results: RecordViews = recordViews(new ArrayBuffer(FIRST_RECORDS * RECORD_BYTES));
  resultCount = 0;
  lastEventSequence = 0;
  /** Of the command being applied; copied into each of its events. */
  commandSequence = 0;
  timestampLow = 0;
  timestampHigh = 0;

  /** Adds an event with its head filled in and zeros behind it. @returns the index of its record in `events`. */
  addEvent(kind: number, instrumentNumber: number): number {
    const index = this.eventCount++;
    if (index * RECORD_WORDS === this.events.words.length) this.events = doubled(this.events);
    const word = index * RECORD_WORDS;
    const words = this.events.words;
    words[word + KIND] = kind;
    words[word + INSTRUMENT] = instrumentNumber;
    words[word + TIMESTAMP] = this.timestampLow;
    words[word + TIMESTAMP + 1] = this.timestampHigh;
    this.events.numbers[index * RECORD_NUMBERS + SEQUENCE_NUMBER] = ++this.lastEventSequence;
    this.events.numbers[index * RECORD_NUMBERS + COMMAND_NUMBER] = this.commandSequence;
    return index;
  }

  /** Adds a result record of zeros. @returns its index in `results`. */
  addResult(): number {
    const index = this.resultCount++;
    if (index * RECORD_WORDS === this.results.words.length) this.results = doubled(this.results);
    return index;
  }

  clear(): void {
    this.events.words.fill(0, 0, this.eventCount * RECORD_WORDS);
    this.results.words.fill(0, 0, this.resultCount * RECORD_WORDS);
    this.eventCount = 0;
    this.resultCount = 0;
  }
}

function doubled(views: RecordViews): RecordViews {
  const grown = recordViews(new ArrayBuffer(2 * views.bytes.byteLength));
  grown.bytes.set(views.bytes);
  return grown;
}
