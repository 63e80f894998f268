// One instrument of a live feed, with all that turns the venue's words into the engine's.

import type { Instrument } from '../domain/instrument.ts';
import { Step } from './digits.ts';

export interface FeedMarket {
  /** As the venue spells it. */
  readonly symbol: string;
  readonly instrument: Instrument;
  /** What the engine calls it. */
  readonly number: number;
  readonly tick: Step;
  readonly lot: Step;
}

export function feedMarket(symbol: string, instrument: Instrument): FeedMarket {
  return { symbol, instrument, number: instrument.number, tick: new Step('tickSize', instrument.tickSize), lot: new Step('lotSize', instrument.lotSize) };
}
