import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { corporateAction, parseDividend, parseSplit } from './corporate-action.ts';
import { readActionRows } from './corporate-action-rows.ts';

const read = (text: string) => readActionRows(Readable.from([Buffer.from(text)]));

describe('a split', () => {
  it.each([['4:1', 4, 1], ['1:20', 1, 20], ['3/2', 3, 2], ['7 for 1', 7, 1], ['2-for-1', 2, 1], ['20:10', 2, 1]])('%s is %i new for %i old', (text, newShares, oldShares) => {
    expect(parseSplit(text)).toEqual({ kind: 'SPLIT', newShares, oldShares });
  });
  it.each(['1:1', '0:1', '4', '1.5:1', '4:-1', '1000001:1'])('is not %s', (text) => expect(() => parseSplit(text)).toThrow(`was "${text}"`));
});

describe('a dividend', () => {
  it('keeps its amount exactly', () => expect(parseDividend('0.8200', 'USD')).toEqual({ kind: 'CASH_DIVIDEND', amount: '0.82', currency: 'USD' }));
  it.each([['0', 'USD'], ['-1', 'USD'], ['1e3', 'USD'], ['1', 'usd']])('is not %s %s', (amount, currency) => expect(() => parseDividend(amount, currency)).toThrow('was "'));
});

describe('an action', () => {
  it('has one id, whoever imports it, and another on another day', () => {
    const subject = { id: 'AAPL.XNAS', number: 7 };
    const split = corporateAction(subject, '2020-08-31', parseSplit('4:1'));
    expect(corporateAction({ ...subject, number: 8 }, '2020-08-31', parseSplit('4/1')).id).toBe(split.id);
    expect(corporateAction(subject, '2014-06-09', parseSplit('7:1')).id).not.toBe(split.id);
  });
});

describe('a file of actions', () => {
  it('is read by the names of its columns, with a mark of byte order, in any order', async () => {
    const rows = await read('\ufeffRatio,Kind,EX_DATE,Symbol,amount\r\n4:1,Split,2020-08-31,AAPL,\r\n,DIVIDEND,2020-08-07,AAPL,"0.82"\r\n');
    expect(rows.map((row) => (row.kind === 'action' ? [row.line, row.symbol, row.exDate, row.terms('USD')] : row))).toEqual([
      [2, 'AAPL', '2020-08-31', { kind: 'SPLIT', newShares: 4, oldShares: 1 }],
      [3, 'AAPL', '2020-08-07', { kind: 'CASH_DIVIDEND', amount: '0.82', currency: 'USD' }],
    ]);
  });

  it.each([
    ['AAPL,2020-02-30,SPLIT,4:1,', 'INVALID_TIME'], ['AAPL,2020-08-31,SPLIT,,', 'MISSING_VALUE'], ['AAPL,2020-08-31,DIVIDEND,,', 'MISSING_VALUE'],
    ['AAPL,2020-08-31,MERGER,4:1,', 'INVALID_VALUE'], [',2020-08-31,SPLIT,4:1,', 'MISSING_VALUE'], ['AAPL,2020-08-31', 'MALFORMED_ROW'],
  ])('rejects the row %s as %s', async (row, code) => {
    expect(await read(`symbol,ex_date,kind,ratio,amount\n${row}\n`)).toMatchObject([{ kind: 'reject', line: 2, code }]);
  });

  it.each([['', 'file must begin with a header'], ['symbol,kind,ratio\n', 'exdate or ex-date or date'], ['symbol,date,kind\n', 'ratio or amount']])('is refused as a whole with the header %j', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});
