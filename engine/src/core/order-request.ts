// One order on its way through gate and book: its terms as indices, and what the gate found out. One object, reused for
// every command.

import { COMMAND, SIDE } from '@mib/proto/layout-command';
import { RECORD_NUMBERS, RECORD_WORDS, type RecordViews } from '@mib/proto/layout-record';
import { BUY_SIDE, SELL_SIDE } from './books.ts';

export class OrderRequest {
  id = 0;
  accountNumber = 0;
  instrumentNumber = 0;
  account = 0;
  instrument = 0;
  position = 0;
  /** BUY_SIDE or SELL_SIDE. */
  side = 0;
  type = 0;
  tif = 0;
  limitPrice = 0;
  lots = 0;
  isUser = false;
  /** Worst price at which the order may trade; set by the gate. */
  boundPrice = 0;
  /** Why the gate denied: both NaN when the code needs no figures. */
  limit = NaN;
  observed = NaN;

  /** Reads the terms of the command at record `index`. */
  read(views: RecordViews, index: number): void {
    const word = index * RECORD_WORDS;
    const words = views.words;
    this.id = views.numbers[index * RECORD_NUMBERS + COMMAND.SEQUENCE_NUMBER]!;
    this.accountNumber = words[word + COMMAND.ACCOUNT]!;
    this.instrumentNumber = words[word + COMMAND.INSTRUMENT]!;
    this.side = words[word + COMMAND.SIDE] === SIDE.BUY ? BUY_SIDE : SELL_SIDE;
    this.type = words[word + COMMAND.TYPE]!;
    this.tif = words[word + COMMAND.TIF]!;
    this.limitPrice = words[word + COMMAND.PRICE]!;
    this.lots = views.numbers[index * RECORD_NUMBERS + COMMAND.QUANTITY_NUMBER]!;
    this.account = -1;
    this.instrument = -1;
    this.position = -1;
    this.boundPrice = 0;
    this.limit = NaN;
    this.observed = NaN;
  }
}
