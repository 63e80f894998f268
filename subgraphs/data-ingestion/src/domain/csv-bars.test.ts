import { createReadStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BarRow, BarRules } from './bar.ts';
import { readBars } from './csv-bars.ts';
import { MAX_LINE_CHARACTERS } from './text-lines.ts';

const DAILY: BarRules = { interval: 'D1', allowNonPositivePrices: false };
const HEADER = 'Date,Open,High,Low,Close,Volume';
const DATA = new URL('../../data/', import.meta.url);

describe('a CSV file of bars', () => {
  it.each([
    ['plain', `${HEADER}\n2020-01-02,10,12,9,11,500\n`],
    ['upper case', `DATE,OPEN,HIGH,LOW,CLOSE,VOLUME\n2020-01-02,10,12,9,11,500\n`],
    ['another order of columns and one more', `volume,adjclose,close,low,high,open,date\n500,10.9,11,9,12,10,2020-01-02\n`],
    ['a byte-order mark', `\ufeff${HEADER}\n2020-01-02,10,12,9,11,500\n`],
    ['CRLF', `${HEADER}\r\n2020-01-02,10,12,9,11,500\r\n`],
    ['old Macintosh line ends', `${HEADER}\r2020-01-02,10,12,9,11,500`],
    ['quotes and spaces', `"Date", "Open" ,High,Low,Close,Volume\n"2020-01-02", 10 ,"12",9,11,500`],
    ['trailing zeros', `${HEADER}\n2020-01-02,10.000000,12.0,9.00,11,500.0\n`],
    ['an RFC 3339 time', `timestamp,open,high,low,close,vol\n2020-01-02T01:00:00+01:00,10,12,9,11,500\n`],
    ['empty lines', `\n\n${HEADER}\n\n2020-01-02,10,12,9,11,500\n\n\n`],
  ])('is read with %s', async (_, text) => {
    const rows = await read(text);
    expect(rows).toMatchObject([{ kind: 'bar', bar: { openTimeMs: Date.UTC(2020, 0, 2), open: '10', high: '12', low: '9', close: '11', volume: '500' } }]);
  });

  it.each(['Date,Price', 'DATE,close', 'time,VALUE'])('takes the one price of %s for all four', async (header) => {
    expect(await read(`${header}\n2020-01-02,18.63\n`)).toMatchObject([{ bar: { open: '18.63', high: '18.63', low: '18.63', close: '18.63', volume: null } }]);
  });

  it('keeps the order of the file, newest first or oldest first', async () => {
    const rows = await read('Date,Price\n2020-01-03,2\n2020-01-02,1\n');
    expect(rows.map((row) => row.kind === 'bar' && row.bar.openTimeMs)).toEqual([Date.UTC(2020, 0, 3), Date.UTC(2020, 0, 2)]);
  });

  it.each([
    ['2020-01-02,10,12,9,11,', undefined],
    ['2020-01-02,10,12,9,11,.', undefined],
    ['2020-01-02,10,12,9,11', 'MALFORMED_ROW'],
    ['2020-01-02,10,12,9,11,1,1', 'MALFORMED_ROW'],
    ['.,10,12,9,11,1', 'MISSING_VALUE'],
    ['2020-01-02,10,12,9,.,1', 'MISSING_VALUE'],
    ['2020-01-02,,12,9,11,1', 'MISSING_VALUE'],
    ['2020-13-02,10,12,9,11,1', 'INVALID_TIME'],
    ['2023-02-29,10,12,9,11,1', 'INVALID_TIME'],
    ['02/01/2020,10,12,9,11,1', 'INVALID_TIME'],
    ['2020-01-02T00:00:00,10,12,9,11,1', 'INVALID_TIME'],
    ['2020-01-02T12:00:00Z,10,12,9,11,1', 'INVALID_TIME'],
    ['2020-01-02T00:00:00.000000001Z,10,12,9,11,1', 'INVALID_TIME'],
    ['2020-01-02,ten,12,9,11,1', 'INVALID_NUMBER'],
    ['2020-01-02,1e1,12,9,11,1', 'INVALID_NUMBER'],
    ['2020-01-02,10,100000000000000000000,9,11,1', 'INVALID_NUMBER'],
    ['2020-01-02,NaN,12,9,11,1', 'INVALID_NUMBER'],
    ['2020-01-02,"1,000",12,9,11,1', 'INVALID_NUMBER'],
    ['2020-01-02,0,12,0,11,1', 'NON_POSITIVE_PRICE'],
    ['2020-01-02,10,12,-9,11,1', 'NON_POSITIVE_PRICE'],
    ['2020-01-02,10,12,9,11,-1', 'INVALID_VOLUME'],
    ['2020-01-02,10,12,9,11,many', 'INVALID_VOLUME'],
    ['2020-01-02,10,10.5,9,11,1', 'INCONSISTENT_RANGE'],
    ['2020-01-02,10,12,10.5,11,1', 'INCONSISTENT_RANGE'],
    ['2020-01-02,10,9,12,11,1', 'INCONSISTENT_RANGE'],
  ])('judges the row %s: %s', async (row, code) => {
    const [first, second] = await read(`${HEADER}\n${row}\n2020-01-06,10,12,9,11,1\n`);
    expect(first?.line).toBe(2);
    expect(first?.kind === 'reject' ? first.code : undefined).toBe(code);
    expect(second).toMatchObject({ kind: 'bar', line: 3 });
  });

  it('accepts prices below zero where the rules allow them', async () => {
    const rows = await read('Date,Price\n2020-04-20,-36.98\n2020-04-21,0\n', { interval: 'D1', allowNonPositivePrices: true });
    expect(rows.map((row) => row.kind === 'bar' && row.bar.close)).toEqual(['-36.98', '0']);
  });

  it.each([
    ['', 'must begin with a header'],
    ['\n\n', 'must begin with a header'],
    ['a,b\n1,2\n', 'must have a column date or time'],
    ['Date,Volume\n', 'must have a column price or close'],
    ['Date,Open,High,Low\n', 'must have a column close'],
    ['Date,Time,Close\n', 'must have one column date or time'],
    ['Date,Close,Price\n', 'must have one column price or close'],
  ])('is refused as a whole for the header %j', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('goes on behind a quote that never closes and behind an endless line', async () => {
    const rows = await read(`Date,Price\n2020-01-02,"1\n2020-01-03,2\n2020-01-06,${'1'.repeat(MAX_LINE_CHARACTERS)}\n2020-01-07,3\n`);
    expect(rows.map((row) => [row.line, row.kind === 'reject' ? row.code : 'bar'])).toEqual([[2, 'MALFORMED_ROW'], [3, 'bar'], [4, 'MALFORMED_ROW'], [5, 'bar']]);
  });

  it('reads the same rows however the bytes are cut', async () => {
    const bytes = Buffer.from(`\ufeffDate,Price,Note\r\n2020-01-02,1,ä\r\n\r\n2020-01-03,2,€\n2020-01-06,x,\r2020-01-07,3,z`);
    const whole = await read(bytes);
    expect(whole.map((row) => row.line)).toEqual([2, 4, 5, 6]);
    for (let size = 1; size < bytes.length; size += 1) expect(await read(bytes, DAILY, size)).toEqual(whole);
  });

  it('never throws on rows, whatever they hold', async () => {
    const field = fc.oneof(fc.constantFrom('2020-01-02', '10', '.', '', '-1', '"', '\n', '\r', '\u0000', ','), fc.string({ unit: 'binary', maxLength: 12 }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(field, { maxLength: 8 }), { maxLength: 20 }), async (table) => {
        const text = table.map((fields) => fields.join(',')).join('\n');
        const rows = await read(`${HEADER}\n${text}`);
        expect(rows.length).toBe(text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '').length);
        for (const row of rows) if (row.kind === 'bar') expect(Number(row.bar.high)).toBeGreaterThanOrEqual(Number(row.bar.low));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['vix-daily.csv', 9_235, 47],
    ['wti-daily.csv', 10_226, 1],
    ['brent-daily.csv', 9_958, 0],
    ['spy-2017-2018.csv', 502, 0],
  ])('reads all of %s: %i rows, %i of them refused', async (file, count, rejects) => {
    const url = new URL(file, DATA);
    const rows: BarRow[] = [];
    for await (const batch of readBars(createReadStream(url), DAILY)) rows.push(...batch);
    expect([rows.length, rows.filter((row) => row.kind === 'reject').length]).toEqual([count, rejects]);
    const lines = readFileSync(url, 'utf8').trimEnd().split('\n').length;
    expect(rows.at(-1)?.line).toBe(lines);
  });
});

async function read(text: string | Buffer, rules: BarRules = DAILY, chunkBytes = Infinity): Promise<BarRow[]> {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.max(1, Math.ceil(bytes.length / chunkBytes)) }, (_, index) => (chunkBytes === Infinity ? bytes : bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)));
  const rows: BarRow[] = [];
  for await (const batch of readBars(Readable.from(chunks), rules)) rows.push(...batch);
  return rows;
}
