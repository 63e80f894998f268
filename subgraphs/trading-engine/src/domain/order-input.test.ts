import { describe, expect, it } from '@jest/globals';
import { parseDecimal } from '@mib/model/decimal';
import { InstrumentBook } from './instrument-book.ts';
import { parseOrder, type OrderInput } from './order-input.ts';

const book = new InstrumentBook([{ number: 7, id: 'SPX.XSIM', tickSize: parseDecimal('0.01'), lotSize: parseDecimal('0.5'), currency: 'USD', cashScale: 4 }]);
const good: OrderInput = { clientOrderId: 'a-1', instrumentId: 'SPX.XSIM', side: 'BUY', type: 'LIMIT', tif: 'GTC', quantity: '10', limitPrice: '2874.56' };

describe('an order input', () => {
  it('becomes ticks and lots', () => {
    expect(parseOrder(good, book)).toEqual({ terms: { clientOrderId: 'a-1', instrumentNumber: 7, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 287456, quantityLots: 20 } });
  });

  it('needs no price for a market order', () => {
    const { limitPrice: _, ...market } = { ...good, type: 'MARKET' as const };
    expect(parseOrder(market, book)).toMatchObject({ terms: { type: 'MARKET', quantityLots: 20, limitPriceTicks: undefined } });
  });

  it.each([
    [{ clientOrderId: '' }, 'clientOrderId', 'was ""'],
    [{ clientOrderId: 'a b' }, 'clientOrderId', 'was "a b"'],
    [{ clientOrderId: 'ä' }, 'clientOrderId', 'was "ä"'],
    [{ clientOrderId: 'a\n' }, 'clientOrderId', 'was "a\\n"'],
    [{ clientOrderId: 'x'.repeat(37) }, 'clientOrderId', '1..36'],
    [{ clientOrderId: 'mib:first-deposit' }, 'clientOrderId', 'must not begin with mib:'],
    [{ instrumentId: 'NOPE.XSIM' }, 'instrumentId', 'was "NOPE.XSIM"'],
    [{ instrumentId: '' }, 'instrumentId', 'was ""'],
    [{ quantity: '0' }, 'quantity', 'must be above 0, was "0"'],
    [{ quantity: '-1' }, 'quantity', 'must be above 0, was "-1"'],
    [{ quantity: '0.3' }, 'quantity', 'multiple of 0.5, was "0.3"'],
    [{ quantity: '1e3' }, 'quantity', 'was "1e3"'],
    [{ quantity: 'NaN' }, 'quantity', 'was "NaN"'],
    [{ quantity: '1073741824' }, 'quantity', 'at most 2147483647 steps'],
    [{ quantity: '1'.repeat(41) }, 'quantity', 'must be a decimal number'],
    [{ limitPrice: undefined }, 'limitPrice', 'must be given for a LIMIT order'],
    [{ limitPrice: null }, 'limitPrice', 'must be given for a LIMIT order'],
    [{ limitPrice: '0' }, 'limitPrice', 'must be above 0, was "0"'],
    [{ limitPrice: '-5' }, 'limitPrice', 'must be above 0, was "-5"'],
    [{ limitPrice: '10.005' }, 'limitPrice', 'multiple of 0.01, was "10.005"'],
    [{ limitPrice: '21474836.48' }, 'limitPrice', 'at most 2147483647 steps'],
    [{ type: 'MARKET' }, 'limitPrice', 'must be left out of a MARKET order'],
  ] as const)('%j is an error at %s', (change, field, message) => {
    const parsed = parseOrder({ ...good, ...change } as OrderInput, book);
    const [error, ...more] = 'userErrors' in parsed ? parsed.userErrors : [];
    expect(error).toMatchObject({ field: ['input', field], retryable: false });
    expect(error!.message).toContain(message);
    expect(more).toEqual([]);
  });

  it('tells every fault at once', () => {
    const parsed = parseOrder({ ...good, clientOrderId: ' ', instrumentId: 'X', quantity: '-1', limitPrice: 'no' }, book);
    expect('userErrors' in parsed && parsed.userErrors.map((error) => error.field?.[1])).toEqual(['clientOrderId', 'instrumentId', 'quantity', 'limitPrice']);
  });
});
