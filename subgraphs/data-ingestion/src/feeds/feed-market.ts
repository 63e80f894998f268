// One instrument of a live feed, with all that turns the venue's words into the engine's.

import type { Instrument } from '../domain/instrument.ts';
import type { FeedTrade } from '../connectors/feed/contract.ts';
import { Step } from './digits.ts';

export interface FeedMarket {
  /** As the venue spells it. */
  readonly symbol: string;
  readonly instrument: Instrument;
  /** What the engine calls it. */
  readonly number: number;
  readonly tick: Step;
  readonly lot: Step;
  /** CONSECUTIVE: the venue counts its trades of a symbol one by one, so one that is missing shows. OPAQUE: ids say nothing. */
  readonly tradeIds: TradeIds;
  /** Asks the venue for trades behind one that is known, oldest first; absent where it cannot be asked. */
  readonly tradesAfter?: ((venueTradeId: number, signal: AbortSignal) => Promise<readonly FeedTrade[]>) | undefined;
}

export type TradeIds = 'CONSECUTIVE' | 'OPAQUE';

export function feedMarket(symbol: string, instrument: Instrument, trades: Pick<FeedMarket, 'tradeIds' | 'tradesAfter'>): FeedMarket {
  return { symbol, instrument, number: instrument.number, tick: new Step('tickSize', instrument.tickSize), lot: new Step('lotSize', instrument.lotSize), ...trades };
}
