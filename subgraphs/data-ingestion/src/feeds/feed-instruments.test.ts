import { describe, expect, it } from '@jest/globals';
import { cashPerTickLot, parseStep } from '@mib/proto/command-rules';
import type { VenueInstrument } from '../connectors/feed/contract.ts';
import type { Instrument } from '../domain/instrument.ts';
import { definitionOf } from './feed-instruments.ts';

const BINANCE = { id: 'BINANCE', assetClass: 'CRYPTO' } as const;
const RULES: VenueInstrument = { symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', tickSize: '0.01000000', lotSize: '0.00001000', minQuantity: '0.00001', minNotional: '5.00000000', trading: true };

describe('the instrument of a venue\'s rules', () => {
  it('keeps tick, lot and least notional where cash can be counted exactly', () => {
    expect(definitionOf(RULES, BINANCE, [])).toMatchObject({ symbol: 'BTCUSDT', venueId: 'BINANCE', assetClass: 'CRYPTO', currency: 'USDT', tickSize: '0.01', lotSize: '0.00001', cashScale: 8, minNotional: '5', tradable: true });
  });

  it.each([
    ['BTC/USD', 'USD', '0.1', '0.00000001', '0.001'],
    ['BTC-USD', 'USD', '0.01', '0.00000001', '0.01'],
    ['AAPL', 'USD', '0.01', '1', '1'],
    ['SHIBUSDT', 'USDT', '0.00000001', '1.00', '1'],
    ['ETH/BTC', 'BTC', '0.00001', '0.00000001', '0.001'],
  ])('of %s in %s with tick %s and lot %s has lot %s', (symbol, quote, tickSize, lotSize, expected) => {
    const { cashScale, ...definition } = definitionOf({ ...RULES, symbol, quote, tickSize, lotSize }, BINANCE, []);
    expect(definition.lotSize).toBe(expected);
    expect(cashPerTickLot(parseStep('tickSize', definition.tickSize), parseStep('lotSize', definition.lotSize), cashScale)).toBeGreaterThan(0);
  });

  it('counts a currency as instruments that are there do', () => {
    const known = [{ currency: 'USDT', cashScale: 4 } as Instrument];
    expect(definitionOf(RULES, BINANCE, known)).toMatchObject({ cashScale: 4, lotSize: '0.01' });
  });

  it.each([
    [{ symbol: 'BTC USD' }, 'symbol must be 1..16 characters of A-Z 0-9 / _ -, was "BTC USD"'],
    [{ quote: '?' }, 'currency of BTCUSDT must be 2..8 of A-Z 0-9, was "?"'],
    [{ tickSize: '0.00' }, 'tickSize of BTCUSDT must be a decimal above zero, was "0.00"'],
    [{ lotSize: 'many' }, 'lotSize of BTCUSDT must be a decimal above zero, was "many"'],
  ])('is refused for %j', (change, message) => {
    expect(() => definitionOf({ ...RULES, ...change }, BINANCE, [])).toThrow(message);
  });
});
