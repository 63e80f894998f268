import { describe, expect, it } from '@jest/globals';
import type { EngineCommand, PlaceOrder } from '@mib/proto/engine-commands';
import { MAX_CURRENCIES } from './capacities.ts';
import { ANN, TestMarket } from './test-market.ts';

/** Many times what there is room for. */
const REPEATS = 4 * MAX_CURRENCIES;

const refused: readonly (readonly [string, (n: number) => EngineCommand, string])[] = [
  ['cash taken out that nobody paid in', (n) => ({ kind: 'AdjustCash', accountNumber: ANN, currency: `C${n}`, amountUnits: -1, clientOrderId: `out${n}` }), 'NOTIONAL_EXCEEDS_FREE_BALANCE'],
  ['an instrument registered again otherwise', (n) => ({ ...instrument(1, 'A.XSIM'), currency: `C${n}` }), 'CONFLICTING_REGISTRATION'],
  ['an order beyond the free balance', (n) => order({ clientOrderId: `o${n}`, quantityLots: 2_000_000 }), 'NOTIONAL_EXCEEDS_FREE_BALANCE'],
  ['a stop beyond the position limit', (n) => order({ clientOrderId: `s${n}`, type: 'STOP', limitPriceTicks: undefined, triggerTicks: 5, quantityLots: 2 }), 'POSITION_LIMIT'],
  ['an order without liquidity', (n) => order({ clientOrderId: `m${n}`, type: 'MARKET', tif: 'IOC', limitPriceTicks: undefined, quantityLots: 1 }), 'NO_LIQUIDITY'],
];

describe('a refused command', () => {
  it.each(refused)('leaves no place taken: %s', (_, command, code) => {
    const market = openMarket(code);
    const before = places(market);
    for (let n = 0; n < REPEATS; n++) expect(market.submit(command(n)).result.code).toBe(code);
    expect(places(market)).toEqual(before);
  });

  it('takes no currency from those that are paid in after it', () => {
    const market = openMarket('');
    for (let n = 0; n < REPEATS; n++) market.submit({ kind: 'AdjustCash', accountNumber: ANN, currency: `R${n}`, amountUnits: -1, clientOrderId: `r${n}` });
    const codes = Array.from({ length: MAX_CURRENCIES }, (_, n) => market.submit({ kind: 'AdjustCash', accountNumber: ANN, currency: `P${n}`, amountUnits: 5, clientOrderId: `p${n}` }).result.code);
    expect(codes).toEqual([...Array.from({ length: MAX_CURRENCIES - 1 }, () => 'OK'), 'CAPACITY_EXCEEDED']);
  });

  it('is followed by accepted ones that trade as if it had not been', () => {
    const market = openMarket('');
    market.submit(order({ clientOrderId: 'too-much', quantityLots: 2_000_000 }));
    expect(market.place(ANN, 'BUY', 3, 10, { instrumentNumber: 2 }).result.code).toBe('OK');
    expect(market.place(ANN, 'BUY', 999_971, 1, { instrumentNumber: 2 }).result).toMatchObject({ code: 'NOTIONAL_EXCEEDS_FREE_BALANCE', limit: 999_970, observed: 999_971 });
    expect(market.place(ANN, 'BUY', 999_970, 1, { instrumentNumber: 2 }).result.code).toBe('OK');
  });
});

/** A second instrument that nobody has traded. */
function openMarket(code: string): TestMarket {
  const market = new TestMarket();
  market.submit(instrument(2, 'B.XSIM'));
  if (code === 'POSITION_LIMIT') market.submit({ kind: 'SetRiskLimits', accountNumber: ANN, instrumentNumber: 0, maxPositionLots: 1, collarBasisPoints: 0 });
  return market;
}

function places({ driver }: TestMarket): Record<string, number> {
  const { reads } = driver.core;
  return { accounts: reads.accountCount(), currencies: reads.currencyCount(), instruments: reads.instrumentCount(), positions: reads.positionCount() };
}

function instrument(instrumentNumber: number, instrumentId: string) {
  return { kind: 'RegisterInstrument', instrumentNumber, instrumentId, tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 } as const;
}

function order(terms: Partial<PlaceOrder> & { readonly clientOrderId: string }): EngineCommand {
  return { kind: 'PlaceOrder', accountNumber: ANN, instrumentNumber: 2, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 1, quantityLots: 1, ...terms };
}
