import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { ATR, EMA, RSI, SMA, WSMA } from 'trading-signals';
import type { BarColumns } from './indicator-stream.ts';
import { IndicatorStream, runIndicator } from './indicator-stream.ts';
import { indicatorOf } from './indicator.ts';
import type { IndicatorSpec } from './indicator-spec.ts';
import { indicatorSpecKey } from './indicator-spec.ts';

interface Reference {
  readonly rows: readonly number[];
  readonly cases: readonly { readonly spec: IndicatorSpec; readonly values: Readonly<Record<string, readonly (number | null)[]>> }[];
}

const reference = JSON.parse(readFileSync(new URL('../../../fixtures/talib-sp500.json', import.meta.url), 'utf8')) as Reference;
const SP500 = sp500();
const SPECS: IndicatorSpec[] = [
  { kind: 'SMA', period: 20 },
  { kind: 'EMA', period: 20 },
  { kind: 'RSI', period: 14 },
  { kind: 'MACD', fast: 12, slow: 26, signal: 9 },
  { kind: 'BBANDS', period: 20, deviations: 2 },
  { kind: 'ATR', period: 14 },
];

describe('an indicator over the S&P 500 of 2000 to 2020', () => {
  it.each(reference.cases.map((each) => [indicatorSpecKey(each.spec), each] as const))('%s is what TA-Lib says', (_, { spec, values }) => {
    const columns = runIndicator(spec, SP500);
    const { components, warmup } = indicatorOf(spec);
    expect(Object.keys(values)).toEqual(components);
    components.forEach((name, column) => {
      reference.rows.forEach((row, index) => {
        const expected = values[name]![index]!;
        if (expected === null) expect([row, columns[column]![row]]).toEqual([row, NaN]);
        else expectClose(columns[column]![row]!, expected, 1e-9);
      });
      expect(columns[column]!.findIndex((value) => !Number.isNaN(value))).toBe(warmup);
    });
  });

  it.each([
    ['SMA', new SMA(20), { kind: 'SMA', period: 20 }],
    ['EMA', new EMA(20), { kind: 'EMA', period: 20 }],
    ['RSI', new RSI(14, WSMA), { kind: 'RSI', period: 14 }],
  ] as const)('%s settles on the values of trading-signals', (_, other, spec) => {
    const [ours] = runIndicator(spec, SP500);
    const theirs = Array.from(SP500.close, (close) => other.update(close, false));
    // Their EMA begins with the first close, ours with the mean of a period: 40 periods later neither shows.
    for (let row = 800; row < theirs.length; row++) expectClose(ours![row]!, theirs[row]!, 1e-9);
  });

  it('ATR settles on the values of trading-signals', () => {
    const other = new ATR(14);
    const [ours] = runIndicator({ kind: 'ATR', period: 14 }, SP500);
    for (let row = 0; row < SP500.close.length; row++) {
      const theirs = other.update(barAt(SP500, row), false);
      if (row >= 800) expectClose(ours![row]!, theirs!, 1e-9);
    }
  });
});

describe.each(SPECS.map((spec) => [indicatorSpecKey(spec), spec] as const))('%s', (_, spec) => {
  const walks = fc.array(fc.record({ close: fc.double({ min: 1, max: 1e5, noNaN: true }), spread: fc.double({ min: 0, max: 1, noNaN: true }) }), { minLength: 1, maxLength: 150 });

  it('streams what the batch computes, through a snapshot and a restore at any bar', () => {
    fc.assert(
      fc.property(walks, fc.nat(150), (walk, at) => {
        const bars = columnsOf(walk);
        const columns = runIndicator(spec, bars);
        let stream = new IndicatorStream(spec);
        for (let row = 0; row < walk.length; row++) {
          if (row === at) stream = restored(spec, stream);
          const peeked = stream.peek(barAt(bars, row));
          const values = stream.step(barAt(bars, row));
          expect(peeked).toEqual(values);
          expect(values ?? columns.map(() => NaN)).toEqual(columns.map((column) => column[row]));
        }
      }),
    );
  });

  it('never changes a past value when bars are appended', () => {
    fc.assert(
      fc.property(walks, walks, (past, future) => {
        const before = runIndicator(spec, columnsOf(past));
        const after = runIndicator(spec, columnsOf([...past, ...future]));
        before.forEach((column, index) => expect(Array.from(after[index]!.slice(0, past.length))).toEqual(Array.from(column)));
      }),
    );
  });

  it('forgets what lies beyond its memory', () => {
    const { memory } = indicatorOf(spec);
    const whole = runIndicator(spec, SP500);
    const last = SP500.close.length - 1;
    const from = last - memory;
    const tail = runIndicator(spec, { high: SP500.high.slice(from), low: SP500.low.slice(from), close: SP500.close.slice(from) });
    tail.forEach((column, index) => expectClose(column[memory]!, whole[index]![last]!, 1e-12));
  });

  it("refuses another indicator's snapshot", () => {
    expect(() => new IndicatorStream(spec).restore(new Float64Array(1))).toThrow(RangeError);
  });
});

describe('a market that does not move', () => {
  it.each<[IndicatorSpec, number[]]>([
    [{ kind: 'RSI', period: 2 }, [0]],
    [{ kind: 'ATR', period: 2 }, [0]],
    [{ kind: 'BBANDS', period: 2, deviations: 2 }, [7, 7, 7]],
    [{ kind: 'MACD', fast: 2, slow: 3, signal: 2 }, [0, 0, 0]],
  ])('%j is %j', (spec, expected) => {
    const stream = new IndicatorStream(spec);
    const values = Array.from({ length: 10 }, () => stream.step({ high: 7, low: 7, close: 7 }));
    expect(values.at(-1)).toEqual(expected);
  });
});

function restored(spec: IndicatorSpec, from: IndicatorStream): IndicatorStream {
  const stream = new IndicatorStream(spec);
  stream.restore(from.snapshot());
  return stream;
}

function expectClose(actual: number, expected: number, relative: number): void {
  const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  if (!(error <= relative)) throw new Error(`expected ${expected}, was ${actual}: off by ${error}`);
}

function barAt(bars: BarColumns, row: number): { high: number; low: number; close: number } {
  return { high: bars.high[row]!, low: bars.low[row]!, close: bars.close[row]! };
}

function columnsOf(walk: readonly { close: number; spread: number }[]): BarColumns {
  return {
    high: Float64Array.from(walk, ({ close, spread }) => close + spread),
    low: Float64Array.from(walk, ({ close, spread }) => close - spread),
    close: Float64Array.from(walk, ({ close }) => close),
  };
}

function sp500(): BarColumns {
  const path = new URL('../data/sp500-2000.csv', pathToFileURL(createRequire(import.meta.url).resolve('vega-datasets')));
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split('\n').map((line) => line.split(','));
  const column = (name: string) => Float64Array.from(lines, (line) => Number(line[header!.indexOf(name)]));
  return { high: column('high'), low: column('low'), close: column('close') };
}
