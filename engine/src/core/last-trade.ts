// An instrument's record of its last trade, written when the trade's event is the newest one.

import type { CommandOutput } from './command-output.ts';
import * as fromBooks from './books.ts';
import * as fromInstruments from './instruments.ts';
import type { Instruments } from './instruments.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { BUY_SIDE } = fromBooks;
const { INSTRUMENT } = fromInstruments;

export function rememberTrade(instruments: Instruments, output: CommandOutput, instrument: number, takerSide: number, price: number, lots: number): void {
  instruments.setWord(instrument, INSTRUMENT.LAST_PRICE, price);
  instruments.setWord(instrument, INSTRUMENT.LAST_QUANTITY, lots);
  instruments.setWord(instrument, INSTRUMENT.LAST_SIDE, takerSide === BUY_SIDE ? 1 : 2);
  instruments.setWord(instrument, INSTRUMENT.LAST_TIMESTAMP, output.timestampLow);
  instruments.setWord(instrument, INSTRUMENT.LAST_TIMESTAMP + 1, output.timestampHigh);
  instruments.setNumber(instrument, INSTRUMENT.LAST_SEQUENCE_NUMBER, output.lastEventSequence);
}
