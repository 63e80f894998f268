import { describe, expect, it } from '@jest/globals';
import { UNIDENTIFIED } from './identifiers.ts';
import { instrumentId, type Instrument } from './instrument.ts';
import { assetKey, namedBy, pairOf } from './symbol-mapping.ts';

let number = 0;
function coin(symbol: string, currency: string, venueId = 'V', change: Partial<Instrument> = {}): Instrument {
  return { id: instrumentId(symbol, venueId), number: (number += 1), symbol, venueId, name: null, assetClass: 'CRYPTO', currency, tickSize: '1', lotSize: '1', cashScale: 4, minNotional: null, tradable: true, ...UNIDENTIFIED, ...change };
}

describe('a pair', () => {
  it.each([
    ['BTCUSDT', 'USDT', 'BTC', 'USDT'], ['BTC/USD', 'USD', 'BTC', 'USD'], ['XBT/USD', 'USD', 'BTC', 'USD'], ['BTC-USD', 'USD', 'BTC', 'USD'], ['XXBTZUSD', 'USD', 'BTC', 'USD'], ['XTZUSD', 'USD', 'XTZ', 'USD'], ['XETHXXBT', 'BTC', 'ETH', 'BTC'], ['ETHBTC', 'BTC', 'ETH', 'BTC'], ['ETHXBT', 'BTC', 'ETH', 'BTC'], ['DOGE_EUR', 'EUR', 'DOGE', 'EUR'],
  ])('%s in %s is %s for %s', (symbol, currency, base, quote) => expect(pairOf(symbol, currency)).toEqual({ base, quote }));

  it.each([['BTCUSDT', 'USD'], ['USD', 'USD'], ['A/B/USD', 'USD'], ['/USD', 'USD'], ['AAPL', 'USD']])('%s in %s is none', (symbol, currency) => expect(pairOf(symbol, currency)).toBeUndefined());
});

describe('the same thing', () => {
  it('has one key however venues spell it', () => {
    const keys = [coin('BTCUSD', 'USD'), coin('XBT/USD', 'USD'), coin('BTC-USD', 'USD')].map(assetKey);
    expect(new Set(keys)).toEqual(new Set(['pair BTC/USD']));
  });

  it('is not a dollar for a coin that follows it, nor another class of the same name', () => {
    expect(assetKey(coin('BTCUSDT', 'USDT'))).not.toBe(assetKey(coin('BTCUSD', 'USD')));
    expect(assetKey(coin('BTC/USD', 'USD', 'V', { assetClass: 'ETF' }))).toBeNull();
  });

  it('is told by the ISIN and the currency of securities', () => {
    const listing = (venueId: string, currency: string) => assetKey(coin('SAP', currency, venueId, { assetClass: 'EQUITY', isin: 'DE0007164600' }));
    expect([listing('XNYS', 'USD') === listing('XNAS', 'USD'), listing('XNYS', 'USD') === listing('XETR', 'EUR')]).toEqual([true, false]);
  });
});

describe('a name at a venue', () => {
  const ofVenue = [coin('BTC/USD', 'USD'), coin('BTC/EUR', 'EUR'), coin('ETH/USD', 'USD')];
  it.each([['BTC/USD', ['BTC/USD.V']], ['xbtusd', ['BTC/USD.V']], ['BTC-EUR', ['BTC/EUR.V']], ['BTC', []], ['SOL/USD', []]])('%s means %j', (name, ids) => {
    expect(namedBy(name, ofVenue).map(({ id }) => id)).toEqual(ids);
  });
});
