// From a venue's trading rules to instruments of the platform. The engine counts cash in integers, so a tick of a lot must
// be a whole number of cash units: where the venue's own lot is too fine for that, the lot here is the finest power of ten
// times it that is not. Prices stay exact, books show quantities in these lots, trades keep the venue's quantity.

import { formatDecimal, multiplyDecimals, parseDecimal, type Decimal } from '@mib/model/decimal';
import { MAX_CASH_SCALE } from '@mib/proto/command-rules';
import type { VenueInstrument } from '../connectors/feed/contract.ts';
import { FeedError } from '../connectors/feed/feed-error.ts';
import { CASH_SCALE, type AssetClass, type Instrument, type InstrumentDefinition } from '../domain/instrument.ts';
import { canonical } from '../domain/csv-row.ts';

/** Currencies of states, counted as everywhere else; all others are coins, which need more decimals. */
const STATE_CURRENCIES = new Set(['USD', 'EUR', 'GBP', 'JPY', 'CHF', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'SEK', 'NOK', 'DKK', 'PLN', 'CZK', 'HUF', 'TRY', 'BRL', 'MXN', 'ZAR', 'INR', 'KRW', 'CNY', 'AED']);
const SYMBOL = /^[A-Z0-9/_-]{1,16}$/;
const CURRENCY = /^[A-Z0-9]{2,8}$/;
/** A lot may be made coarser by so many powers of ten. */
const MAX_COARSENING = 18;

export interface VenueOfFeed {
  readonly id: string;
  readonly assetClass: AssetClass;
}

/**
 * @param known - instruments there are: an instrument keeps its definition, a currency its scale.
 * @throws {FeedError} for a symbol or a currency that the platform cannot name, or rules that are no positive numbers.
 */
export function definitionOf(rules: VenueInstrument, venue: VenueOfFeed, known: readonly Instrument[]): InstrumentDefinition {
  const symbol = platformSymbol(rules.symbol);
  if (!SYMBOL.test(symbol)) throw new FeedError(`symbol must be 1..16 characters of A-Z 0-9 / _ -, was ${JSON.stringify(rules.symbol)}`);
  if (!CURRENCY.test(rules.quote)) throw new FeedError(`currency of ${rules.symbol} must be 2..8 of A-Z 0-9, was ${JSON.stringify(rules.quote)}`);
  const cashScale = known.find(({ currency }) => currency === rules.quote)?.cashScale ?? (STATE_CURRENCIES.has(rules.quote) ? CASH_SCALE : MAX_CASH_SCALE);
  const tick = positive('tickSize', rules);
  return {
    symbol, venueId: venue.id, name: rules.base === symbol ? null : `${rules.base} in ${rules.quote}`, assetClass: venue.assetClass, currency: rules.quote,
    tickSize: canonical(tick), lotSize: canonical(lotFor(tick, positive('lotSize', rules), cashScale, rules.symbol)), cashScale, tradable: true,
    minNotional: rules.minNotional === null || isZero(rules.minNotional) ? null : canonical(positive('minNotional', rules)), isin: null, figi: null, cik: null,
  };
}

/** A symbol as the platform writes it: some venues use a point, which here stands before the venue. */
export function platformSymbol(symbol: string): string {
  return symbol.replaceAll('.', '/');
}

/** The finest lot of the venue's times a power of ten of which one tick costs whole cash units. */
function lotFor(tick: Decimal, venueLot: Decimal, cashScale: number, symbol: string): Decimal {
  for (let power = 0, lot = venueLot; power <= MAX_COARSENING; power++, lot = { units: lot.units * 10n, scale: lot.scale }) {
    const { units, scale } = multiplyDecimals(tick, lot);
    if ((units * 10n ** BigInt(cashScale)) % 10n ** BigInt(scale) === 0n) return lot;
  }
  throw new FeedError(`no lot of ${symbol} has a whole price in its currency: tick ${formatDecimal(tick)}, lot ${formatDecimal(venueLot)}`);
}

function positive(name: 'tickSize' | 'lotSize' | 'minNotional', rules: VenueInstrument): Decimal {
  try {
    const value = parseDecimal(rules[name]!, name);
    if (value.units > 0n) return value;
  } catch {
    // Said below.
  }
  throw new FeedError(`${name} of ${rules.symbol} must be a decimal above zero, was ${JSON.stringify(rules[name])}`);
}

function isZero(text: string): boolean {
  return /^0*(\.0*)?$/.test(text);
}
