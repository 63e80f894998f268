// Two subgraphs: prices tells of each change, instruments knows what changed. Every event is joined over both.

export const SUBSCRIPTION = 'subscription OnPrice($symbol: ID!) { priceChanged(symbol: $symbol) { sequence price volume instrument { symbol name currency venue { name country } } } }';
export const SYMBOL = 'ACME';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

export const SDL = {
  prices: `${LINK}
    type Query { prices: Int }
    type Subscription { priceChanged(symbol: ID!): PriceChange! }
    type PriceChange { sequence: Int! price: Float! volume: Int! instrument: Instrument! }
    type Instrument @key(fields: "symbol") { symbol: ID! }`,
  instruments: `${LINK}
    type Query { instruments: Int }
    type Instrument @key(fields: "symbol") { symbol: ID! name: String! currency: String! venue: Venue! }
    type Venue { name: String! country: String! }`,
} as const;

const INSTRUMENT = { name: 'Acme Corporation, common stock', currency: 'USD', venue: { name: 'New York Stock Exchange', country: 'US' } };

export function instrument(symbol: string): object {
  return { symbol, ...INSTRUMENT };
}

export function priceChange(sequence: number): { sequence: number; price: number; volume: number; instrument: { symbol: string } } {
  return { sequence, price: 100 + sequence / 4, volume: sequence * 10, instrument: { symbol: SYMBOL } };
}

/** `data` as every client must get it, to the byte. */
export function expected(sequence: number): string {
  return JSON.stringify({ priceChanged: { ...priceChange(sequence), instrument: instrument(SYMBOL) } });
}
