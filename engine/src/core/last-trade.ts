// An instrument's record of its last trade, written when the trade's event is the newest one.

import type { CommandOutput } from './command-output.ts';
import { BUY_SIDE } from './books.ts';
import { INSTRUMENT, type Instruments } from './instruments.ts';

export function rememberTrade(instruments: Instruments, output: CommandOutput, instrument: number, takerSide: number, price: number, lots: number): void {
  instruments.setWord(instrument, INSTRUMENT.LAST_PRICE, price);
  instruments.setWord(instrument, INSTRUMENT.LAST_QUANTITY, lots);
  instruments.setWord(instrument, INSTRUMENT.LAST_SIDE, takerSide === BUY_SIDE ? 1 : 2);
  instruments.setWord(instrument, INSTRUMENT.LAST_TIMESTAMP, output.timestampLow);
  instruments.setWord(instrument, INSTRUMENT.LAST_TIMESTAMP + 1, output.timestampHigh);
  instruments.setNumber(instrument, INSTRUMENT.LAST_SEQUENCE_NUMBER, output.lastEventSequence);
}
