import { describe, expect, it } from '@jest/globals';
import { parseDecimal } from '@mib/model/decimal';
import { encodeCommand } from '@mib/proto/encode-command';
import { RECORD_BYTES, recordViews } from '@mib/proto/layout-record';
import { InstrumentBook } from './instrument-book.ts';
import { parseAmendment, parseOrder, type OrderInput } from './order-input.ts';

const book = new InstrumentBook([{ number: 7, id: 'SPX.XSIM', tickSize: parseDecimal('0.01'), lotSize: parseDecimal('0.5'), currency: 'USD', cashScale: 4 }]);
const good: OrderInput = { clientOrderId: 'a-1', instrumentId: 'SPX.XSIM', side: 'BUY', type: 'LIMIT', tif: 'GTC', quantity: '10', limitPrice: '2874.56' };

/** What passes here passes the engine's own encoder. */
function encodable(input: OrderInput): () => void {
  const parsed = parseOrder(input, book);
  if ('userErrors' in parsed) throw new Error(JSON.stringify(parsed.userErrors));
  return () => encodeCommand(recordViews(new ArrayBuffer(RECORD_BYTES)), 0, { kind: 'PlaceOrder', accountNumber: 1000, ...parsed.terms }, 1);
}

describe('an order input', () => {
  it('becomes ticks and lots', () => {
    expect(parseOrder(good, book)).toEqual({ terms: { clientOrderId: 'a-1', instrumentNumber: 7, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 287456, quantityLots: 20 } });
  });

  it('carries every term that the engine knows', () => {
    const full: OrderInput = { ...good, tif: 'GTD', expiresAt: '2027-01-01T00:00:00.000001Z', displayQuantity: '2', postOnly: true, selfTradePrevention: 'CANCEL_BOTH' };
    expect(parseOrder(full, book)).toMatchObject({ terms: { tif: 'GTD', expireMicros: 1_798_761_600_000_001, displayLots: 4, postOnly: true, selfTradePrevention: 'CANCEL_BOTH' } });
    const { limitPrice: _, ...stop } = { ...good, type: 'STOP' as const, stopPrice: '3000' };
    expect(parseOrder(stop, book)).toMatchObject({ terms: { type: 'STOP', triggerTicks: 300_000, limitPriceTicks: undefined } });
    const { limitPrice: __, ...trailing } = { ...good, type: 'TRAILING_STOP' as const, trailingOffset: '1.5' };
    expect(parseOrder(trailing, book)).toMatchObject({ terms: { type: 'TRAILING_STOP', triggerTicks: 150 } });
    expect(encodable(full)).not.toThrow();
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
    [{ type: 'STOP_LIMIT' }, 'stopPrice', 'must be given for a STOP_LIMIT order'],
    [{ stopPrice: '1' }, 'stopPrice', 'must be left out of a LIMIT order, was "1"'],
    [{ trailingOffset: '1' }, 'trailingOffset', 'must be left out of a LIMIT order'],
    [{ type: 'STOP_LIMIT', stopPrice: '10.005' }, 'stopPrice', 'multiple of 0.01'],
    [{ tif: 'GTD' }, 'expiresAt', 'must be given for a GTD order'],
    [{ tif: 'DAY', expiresAt: '2027-01-01T00:00:00Z' }, 'expiresAt', 'must be left out of a DAY order'],
    [{ tif: 'GTD', expiresAt: 'tomorrow' }, 'expiresAt', 'RFC 3339'],
    [{ displayQuantity: '10.5' }, 'displayQuantity', 'at most the quantity, was "10.5"'],
    [{ tif: 'IOC', displayQuantity: '5' }, 'displayQuantity', 'must be left out of a LIMIT IOC order'],
    [{ tif: 'FOK', postOnly: true }, 'postOnly', 'must be left out of a LIMIT FOK order'],
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

describe('an amendment', () => {
  const instrument = book.get(7);

  it('keeps what is left out', () => {
    expect(parseAmendment({ quantity: '3' }, 'LIMIT', instrument)).toEqual({ terms: { quantityLots: 6 } });
    expect(parseAmendment({ limitPrice: '2.5', stopPrice: '3' }, 'STOP_LIMIT', instrument)).toEqual({ terms: { limitPriceTicks: 250, triggerTicks: 300 } });
    expect(parseAmendment({ trailingOffset: '1' }, 'TRAILING_STOP', instrument)).toEqual({ terms: { triggerTicks: 100 } });
  });

  it.each([
    [{ limitPrice: '1' }, 'STOP', 'limitPrice', 'must be left out of a STOP order'],
    [{ stopPrice: '1' }, 'LIMIT', 'stopPrice', 'must be left out of a LIMIT order'],
    [{ quantity: '0.3' }, 'LIMIT', 'quantity', 'multiple of 0.5'],
  ] as const)('%j of %s is an error at %s', (input, type, field, message) => {
    const parsed = parseAmendment(input, type, instrument);
    expect('userErrors' in parsed && parsed.userErrors).toMatchObject([{ field: ['input', field], message: expect.stringContaining(message) }]);
  });
});
