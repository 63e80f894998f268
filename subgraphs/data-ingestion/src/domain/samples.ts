// The real series that ship with the platform and the instruments they belong to; data/README.md says where they are from.

import { UNIDENTIFIED } from './identifiers.ts';
import { CASH_SCALE, type AssetClass, type InstrumentDefinition } from './instrument.ts';
import { SIMULATED_VENUE } from './venue.ts';

export interface Sample {
  /** The part of the URI behind `sample:`. */
  readonly name: string;
  readonly file: { readonly kind: 'shipped'; readonly name: string } | { readonly kind: 'package'; readonly package: string; readonly path: string };
  readonly instrument: InstrumentDefinition;
}

export const SAMPLES: readonly Sample[] = [
  { name: 'sp500', file: { kind: 'package', package: 'vega-datasets', path: 'data/sp500-2000.csv' }, instrument: instrument('SPX', 'S&P 500', 'INDEX') },
  { name: 'spy', file: { kind: 'shipped', name: 'spy-2017-2018.csv' }, instrument: instrument('SPY', 'SPDR S&P 500 ETF', 'ETF') },
  { name: 'vix', file: { kind: 'shipped', name: 'vix-daily.csv' }, instrument: instrument('VIX', 'CBOE Volatility Index', 'INDEX') },
  { name: 'wti', file: { kind: 'shipped', name: 'wti-daily.csv' }, instrument: instrument('WTI', 'WTI crude oil, Cushing spot, per barrel', 'COMMODITY') },
  { name: 'brent', file: { kind: 'shipped', name: 'brent-daily.csv' }, instrument: instrument('BRENT', 'Brent crude oil, Europe spot, per barrel', 'COMMODITY') },
];

/** Invented headlines about the instruments above. */
export const NEWS_SAMPLE = { name: 'news', file: { kind: 'shipped', name: 'synthetic-news.xml' } } as const satisfies Pick<Sample, 'name' | 'file'>;

/** On the simulated venue indexes trade like any other instrument: one lot is one index point in currency. */
function instrument(symbol: string, name: string, assetClass: AssetClass): InstrumentDefinition {
  return { symbol, venueId: SIMULATED_VENUE.id, name, assetClass, currency: 'USD', tickSize: '0.01', lotSize: '1', cashScale: CASH_SCALE, minNotional: null, tradable: true, ...UNIDENTIFIED };
}
