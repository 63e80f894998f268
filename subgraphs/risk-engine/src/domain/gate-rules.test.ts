import { describe, expect, it } from '@jest/globals';
import { parseDecimal } from '@mib/model/decimal';
import { ORDER_TYPES, type OrderType } from '@mib/model/trading';
import { REJECT_CODES, type RejectCode } from '@mib/proto/engine-codes';
import { riskChecks } from './gate-rules.ts';

const instrument = { number: 1, id: 'A.XSIM', tickSize: parseDecimal('0.01'), lotSize: parseDecimal('0.5'), currency: 'USD', cashScale: 4 };
const passed = (...names: string[]) => names.map((name) => ({ name, passed: true, limit: null, observed: null }));

describe('the checks of an order', () => {
  it.each<[OrderType, string[]]>([
    ['LIMIT', ['ORDER_TERMS', 'INSTRUMENT_STATE', 'TRADING_STATE', 'PRICE_COLLAR', 'POSITION_LIMIT', 'VALUE_RANGE', 'CAPACITY', 'FREE_BALANCE']],
    ['MARKET', ['ORDER_TERMS', 'INSTRUMENT_STATE', 'TRADING_STATE', 'POSITION_LIMIT', 'LIQUIDITY', 'VALUE_RANGE', 'CAPACITY', 'FREE_BALANCE']],
    ['STOP_LIMIT', ['ORDER_TERMS', 'INSTRUMENT_STATE', 'TRADING_STATE', 'POSITION_LIMIT', 'VALUE_RANGE', 'CAPACITY']],
  ])('that was accepted, %s, all passed', (type, names) => {
    expect(riskChecks({ type, code: null, limit: null, observed: null }, instrument)).toEqual(passed(...names));
  });

  it.each<[RejectCode, OrderType, string[], string, string | null, string | null]>([
    ['INSTRUMENT_STATE', 'MARKET', ['ORDER_TERMS'], 'INSTRUMENT_STATE', null, null],
    ['TRADING_HALTED', 'LIMIT', ['ORDER_TERMS', 'INSTRUMENT_STATE'], 'TRADING_STATE', null, null],
    ['TRADING_STATE_REDUCING', 'LIMIT', ['ORDER_TERMS', 'INSTRUMENT_STATE'], 'TRADING_STATE', '50.0', '100.5'],
    ['PRICE_COLLAR', 'LIMIT', ['ORDER_TERMS', 'INSTRUMENT_STATE', 'TRADING_STATE'], 'PRICE_COLLAR', '1.00', '2.01'],
    ['POSITION_LIMIT', 'MARKET', ['ORDER_TERMS', 'INSTRUMENT_STATE', 'TRADING_STATE'], 'POSITION_LIMIT', '50.0', '100.5'],
    ['NO_LIQUIDITY', 'MARKET', ['ORDER_TERMS', 'INSTRUMENT_STATE', 'TRADING_STATE', 'POSITION_LIMIT'], 'LIQUIDITY', null, null],
    ['NOTIONAL_EXCEEDS_FREE_BALANCE', 'LIMIT', ['ORDER_TERMS', 'INSTRUMENT_STATE', 'TRADING_STATE', 'PRICE_COLLAR', 'POSITION_LIMIT', 'VALUE_RANGE', 'CAPACITY'], 'FREE_BALANCE', '0.01', '0.0201'],
    ['CAPACITY_EXCEEDED', 'LIMIT', [], 'CAPACITY', '100', '201'],
  ])('that %s denied end with the rule that did (%s)', (code, type, before, name, limit, observed) => {
    expect(riskChecks({ type, code, limit: 100, observed: 201 }, instrument)).toEqual([...passed(...before), { name, passed: false, limit, observed }]);
  });

  it('end with exactly one failure for every code the engine has', () => {
    for (const code of REJECT_CODES) {
      if (code === 'OK') continue;
      for (const type of ORDER_TYPES) {
        const checks = riskChecks({ type, code, limit: 1, observed: 2 }, instrument);
        expect([checks.filter((check) => !check.passed).length, checks.at(-1)!.passed]).toEqual([1, false]);
      }
    }
  });
});
