// The same thing under other names: BTCUSDT of one venue is BTC/USDT of another and XBT/USDT of a third. Pairs of coins are
// told by what is bought and what it is paid in, securities by their ISIN. A dollar and a coin that follows it are two things.

import type { Instrument } from './instrument.ts';

/** Old names of coins that some venues keep: ISO 4217 begins what is no state's currency with an X. */
const OTHER_NAMES: Readonly<Record<string, string>> = { XBT: 'BTC', XXBT: 'BTC', XDG: 'DOGE', XXDG: 'DOGE', XETH: 'ETH', XXRP: 'XRP', XLTC: 'LTC', ZUSD: 'USD', ZEUR: 'EUR', ZGBP: 'GBP', ZJPY: 'JPY' };
const SEPARATORS = /[/_.-]/g;

/** What two instruments share when they are the same thing at two venues; null where nothing tells. */
export function assetKey({ isin, assetClass, symbol, currency }: Instrument): string | null {
  if (isin !== null) return `isin ${isin} ${currency}`;
  const pair = assetClass === 'CRYPTO' ? pairOf(symbol, currency) : undefined;
  return pair ? `pair ${pair.base}/${pair.quote}` : null;
}

/** Splits the symbol of a pair, of which the quote currency is known; undefined where it does not end in it. */
export function pairOf(symbol: string, currency: string): { readonly base: string; readonly quote: string } | undefined {
  const parts = symbol.toUpperCase().split(SEPARATORS);
  const quote = canonicalAsset(currency);
  if (parts.length === 2) return canonicalAsset(parts[1]!) === quote && parts[0] !== '' ? { base: canonicalAsset(parts[0]!), quote } : undefined;
  return parts.length === 1 ? splitCompact(parts[0]!, quote) : undefined;
}

/** An old name as ending counts first, and only behind another old name: XXBTZUSD is bitcoin, XTZUSD is Tezos. */
function splitCompact(compact: string, quote: string): { readonly base: string; readonly quote: string } | undefined {
  const otherNames = Object.keys(OTHER_NAMES).filter((name) => OTHER_NAMES[name] === quote);
  const baseBefore = (ending: string): string => (compact.endsWith(ending) ? compact.slice(0, compact.length - ending.length) : '');
  const old = otherNames.map(baseBefore).find((base) => OTHER_NAMES[base] !== undefined);
  const base = old ?? [quote, ...otherNames.filter((name) => name.length === 3)].map(baseBefore).find((candidate) => candidate !== '');
  return base === undefined ? undefined : { base: canonicalAsset(base), quote };
}

export function canonicalAsset(code: string): string {
  const upper = code.toUpperCase();
  return OTHER_NAMES[upper] ?? upper;
}

/** The instruments of one venue that a name may mean: the one of that very symbol, else those of the same pair however it is spelt. */
export function namedBy(symbol: string, ofVenue: readonly Instrument[]): readonly Instrument[] {
  const exact = ofVenue.filter((instrument) => instrument.symbol === symbol.toUpperCase());
  if (exact.length > 0) return exact;
  return ofVenue.filter((instrument) => {
    const key = assetKey({ ...instrument, isin: null });
    const named = pairOf(symbol, instrument.currency);
    return key !== null && named !== undefined && key === `pair ${named.base}/${named.quote}`;
  });
}
