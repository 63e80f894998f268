import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseDecimal } from '@mib/model/decimal';
import { REJECT_CODES, type RejectCode } from '@mib/proto/engine-codes';
import type { GraphQLEnumType } from 'graphql';
import { buildSchema } from 'graphql';
import { DENY_REASONS, denyReason, describeDenial } from './deny-reason.ts';
import { CANCEL_REASONS } from '@mib/proto/engine-codes';
import { LOT_METHODS } from './lots.ts';
import { ORDER_STATUSES } from './order.ts';

const instrument = { number: 1, id: 'SPX.XSIM', tickSize: parseDecimal('0.01'), lotSize: parseDecimal('0.5'), currency: 'USD', cashScale: 4 };
const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8').replace(/extend schema\s+@link\([^)]*\)/, ''), { assumeValid: true, assumeValidSDL: true });
const valuesOf = (name: string) => (schema.getType(name) as GraphQLEnumType).getValues().map((value) => value.name);

describe('a denial', () => {
  it.each([
    ['NOTIONAL_EXCEEDS_FREE_BALANCE', 1_000_000, 2_500_001, '100.00', '250.0001'],
    ['POSITION_LIMIT', 10, 21, '5.0', '10.5'],
    ['PRICE_COLLAR', 10_500, 12_000, '105.00', '120.00'],
    ['TRADING_STATE_REDUCING', 0, 2, '0.0', '1.0'],
    ['TRADING_HALTED', null, null, null, null],
    ['CAPACITY_EXCEEDED', 65_536, null, '65536', null],
  ] as const)('%s says limit and observed in human units', (code, limit, observed, limitText, observedText) => {
    expect(describeDenial({ code, limit, observed }, instrument)).toMatchObject({ limit: limitText, observed: observedText });
  });

  it('names the figures in its message', () => {
    expect(describeDenial({ code: 'NOTIONAL_EXCEEDS_FREE_BALANCE', limit: 1_000_000, observed: 2_500_000 }, instrument)?.message).toBe('the order needs more cash than is free: limit 100.00, observed 250.00');
  });

  it('has a reason or deliberately none for every code of the engine', () => {
    for (const code of REJECT_CODES) if (code !== 'OK') expect(denyReason(code as RejectCode)).not.toBeUndefined();
    expect(new Set(REJECT_CODES.map((code) => (code === 'OK' ? null : denyReason(code))).filter((reason) => reason !== null))).toEqual(new Set(DENY_REASONS));
  });
});

describe('closed lists of the schema', () => {
  it.each([
    ['DenyReason', DENY_REASONS],
    ['OrderStatus', ORDER_STATUSES],
    ['LotMethod', LOT_METHODS],
    ['CancelReason', CANCEL_REASONS],
  ] as const)('%s is the list of the code', (name, list) => {
    expect([...valuesOf(name)].sort()).toEqual([...list].sort());
  });
});
