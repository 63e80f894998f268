import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { IndicatorSpec } from './catalog.ts';
import { INDICATOR_KINDS, indicatorOf } from './catalog.ts';
import type { BarColumns } from './indicator.ts';
import { barColumns } from './indicator.ts';
import { indicatorSpecKey, parseIndicatorSpec } from './indicator-spec.ts';
import type { IndicatorBar } from './indicator-stream.ts';
import { IndicatorStream, IndicatorTable, runIndicator } from './indicator-stream.ts';

interface Reference {
  readonly rows: readonly number[];
  readonly cases: readonly { readonly spec: IndicatorSpec; readonly warmup: number; readonly settled?: number; readonly values: Readonly<Record<string, readonly (number | null)[]>> }[];
}

const reference = referenceOf('talib-sp500.json');
/** A case's `settled` row is the first to compare: TTR seeds some averages otherwise. */
const ttr = referenceOf('ttr-sp500.json');
const SP500 = sp500();
/** Short windows, so that a walk of 150 bars turns every ring many times. */
const SPECS: IndicatorSpec[] = [
  ...INDICATOR_KINDS.map((kind) => parseIndicatorSpec({ kind })),
  parseIndicatorSpec({ kind: 'PPO', average: 'EMA', fast: 3, slow: 7 }),
  parseIndicatorSpec({ kind: 'VWAP', period: 5 }),
  parseIndicatorSpec({ kind: 'TRIX', period: 4 }),
  parseIndicatorSpec({ kind: 'ICHIMOKU', fast: 3, period: 5, slow: 8 }),
  parseIndicatorSpec({ kind: 'STOCHRSI', period: 3, stochPeriod: 2, signal: 1 }),
];

describe('an indicator over the S&P 500 of 2000 to 2020', () => {
  it.each(reference.cases.map((each) => [indicatorSpecKey(each.spec), each] as const))('%s is what TA-Lib says', (_, { spec, warmup, values }) => {
    const columns = runIndicator(parseIndicatorSpec(spec), SP500);
    const { components } = indicatorOf(spec);
    expect(Object.keys(values)).toEqual(components);
    expect(indicatorOf(spec).warmup).toBe(warmup);
    components.forEach((name, column) => {
      reference.rows.forEach((row, index) => {
        const expected = values[name]![index]!;
        if (expected === null) expect([row, columns[column]![row]]).toEqual([row, NaN]);
        else expectClose(columns[column]![row]!, expected, 1e-9);
      });
    });
  });

  it.each(ttr.cases.map((each) => [indicatorSpecKey(each.spec), each] as const))('%s is what TTR says', (_, { spec, settled = 0, values }) => {
    const columns = runIndicator(parseIndicatorSpec(spec), SP500);
    expect(Object.keys(values)).toEqual(indicatorOf(spec).components);
    Object.values(values).forEach((expected, column) => {
      ttr.rows.forEach((row, index) => {
        if (row >= settled) expectClose(columns[column]![row]!, expected[index] ?? NaN, 1e-9);
      });
    });
  });

  it('has a case for every kind that TA-Lib has', () => {
    const without = INDICATOR_KINDS.filter((kind) => !reference.cases.some(({ spec }) => spec.kind === kind));
    expect(without).toEqual(['HMA', 'KELTNER', 'DONCHIAN', 'SUPERTREND', 'ICHIMOKU', 'PIVOTS', 'CMF', 'VWAP']);
  });
});

describe.each(SPECS.map((spec) => [indicatorSpecKey(spec), spec] as const))('%s', (_, spec) => {
  const price = fc.double({ min: 1, max: 1e5, noNaN: true });
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  const walks = fc.array(fc.record({ close: price, up: part, down: part, volume: fc.nat(1e6) }), { minLength: 1, maxLength: 150 });

  it('streams to the bit what the batch computes, through a snapshot and a restore at any bar', () => {
    fc.assert(
      fc.property(walks, fc.nat(150), (walk, at) => {
        const bars = columnsOf(walk);
        const columns = runIndicator(spec, bars);
        let stream = new IndicatorStream(spec);
        for (let row = 0; row < walk.length; row++) {
          if (row === at) stream = restored(spec, stream);
          const peeked = stream.peek(barAt(bars, row));
          const values = stream.step(barAt(bars, row));
          columns.forEach((column, component) => {
            if (!Object.is(values?.[component] ?? NaN, column[row])) throw new Error(`row ${row}: streamed ${values?.[component]}, batch ${column[row]}`);
            if (peeked?.[component] !== values?.[component]) throw new Error(`row ${row}: peeked ${peeked?.[component]}, then ${values?.[component]}`);
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is the same in parts of any length, and for many symbols side by side', () => {
    const whole = runIndicator(spec, SP500);
    const stream = new IndicatorStream(spec);
    stream.skip(SP500, 0, 700);
    const symbols = 3;
    const bars = barColumns(symbols);
    const table = new IndicatorTable(spec, symbols, bars);
    let other = new IndicatorTable(spec, symbols, bars);
    const wrong: number[] = [];
    const holds = (row: number, equal: boolean): unknown => equal || wrong.push(row);
    for (let row = 0; row < 800; row++) {
      if (row >= 700) {
        const values = stream.step(barAt(SP500, row));
        whole.forEach((column, component) => holds(row, values![component] === column[row]));
      }
      if (row === 3) (other = new IndicatorTable(spec, symbols, bars)).restore(table.snapshot());
      for (let symbol = 0; symbol < symbols; symbol++) {
        if (row < symbol) continue;
        setBar(bars, symbol, barAt(SP500, row - symbol));
        table.step(symbol);
      }
      // All symbols but those whose series has not begun, in one call.
      if (row >= 3) other.stepRows(0, symbols);
      for (let symbol = 0; symbol < Math.min(symbols, row + 1); symbol++) {
        whole.forEach((column, component) => {
          holds(row, Object.is(table.values[component]![symbol], column[row - symbol]));
          if (row >= 3) holds(row, Object.is(other.values[component]![symbol], table.values[component]![symbol]));
        });
      }
    }
    expect(wrong).toEqual([]);
  });

  it('has no value in its warm-up and one from then on', () => {
    const columns = runIndicator(spec, SP500);
    for (const column of columns) {
      expect(column.findIndex((value) => !Number.isNaN(value))).toBe(indicatorOf(spec).warmup);
      expect(column.subarray(indicatorOf(spec).warmup).some(Number.isNaN)).toBe(false);
    }
  });

  it('never changes a past value when bars are appended', () => {
    fc.assert(
      fc.property(walks, walks, (past, future) => {
        const before = runIndicator(spec, columnsOf(past));
        const after = runIndicator(spec, columnsOf([...past, ...future]));
        expect(before.every((column, index) => column.every((value, row) => Object.is(value, after[index]![row])))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('forgets what lies beyond its memory', () => {
    const { memory } = indicatorOf(spec);
    const last = SP500.close.length - 1;
    const from = last - memory;
    if (from < 0) return expect(['OBV', 'AD', 'SAR', 'SUPERTREND', 'KAMA', 'VWAP']).toContain(spec.kind);
    const whole = runIndicator(spec, SP500);
    const tail = runIndicator(spec, slice(SP500, from));
    tail.forEach((column, index) => expectClose(column[memory]!, whole[index]![last]!, 1e-12));
  });

  it("refuses another indicator's snapshot", () => {
    expect(() => new IndicatorStream(spec).restore(new Float64Array(1))).toThrow(RangeError);
  });
});

describe('a market that does not move', () => {
  it.each<[IndicatorSpec, number[]]>([
    [{ kind: 'SMA', period: 3 }, [0.1]],
    [{ kind: 'RSI', period: 2 }, [0]],
    [{ kind: 'ATR', period: 2 }, [0]],
    [{ kind: 'BBANDS', period: 3, deviations: 2 }, [0.1, 0.1, 0.1]],
    [{ kind: 'STDDEV', period: 3, deviations: 1 }, [0]],
    [{ kind: 'LINEARREG', period: 3 }, [0.1]],
    [{ kind: 'MACD', fast: 2, slow: 3, signal: 2 }, [0, 0, 0]],
    [{ kind: 'CCI', period: 3 }, [0]],
    [{ kind: 'MFI', period: 3 }, [0]],
    [{ kind: 'STOCH', period: 3, smoothing: 2, signal: 2 }, [0, 0]],
    [{ kind: 'WILLR', period: 3 }, [0]],
    [{ kind: 'KAMA', period: 3 }, [0.1]],
    [{ kind: 'ADX', period: 2 }, [0]],
    [{ kind: 'CMF', period: 2 }, [0]],
    [{ kind: 'ULTOSC', fast: 2, period: 3, slow: 4 }, [0]],
  ])('%j is %j', (spec, expected) => {
    const stream = new IndicatorStream(spec);
    const values = Array.from({ length: 20 }, () => stream.step({ openTimeMs: 0, open: 0.1, high: 0.1, low: 0.1, close: 0.1, volume: 3 }));
    expect(values.at(-1)).toEqual(expected);
  });
});

describe('a candle of unknown volume', () => {
  it.each(['OBV', 'AD', 'CMF', 'MFI', 'VWAP'] as const)('has no %s and is passed over', (kind) => {
    const spec = parseIndicatorSpec({ kind, ...(kind === 'VWAP' ? { period: 5 } : {}) });
    const known = slice(SP500, 5_000);
    const at = 60;
    const holed = withRow(known, at, { ...barAt(known, at), volume: NaN });
    const without = runIndicator(spec, withoutRow(known, at));
    const values = runIndicator(spec, holed);
    expect(values[0]![at]).toBeNaN();
    expect(Array.from(values[0]!.subarray(at + 1))).toEqual(Array.from(without[0]!.subarray(at)));
  });
});

function restored(spec: IndicatorSpec, from: IndicatorStream): IndicatorStream {
  const stream = new IndicatorStream(spec);
  stream.restore(from.snapshot());
  return stream;
}

function referenceOf(name: string): Reference {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url), 'utf8')) as Reference;
}

/** NaN is close to NaN alone. */
function expectClose(actual: number, expected: number, relative: number): void {
  if (Number.isNaN(actual) && Number.isNaN(expected)) return;
  const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  if (!(error <= relative)) throw new Error(`expected ${expected}, was ${actual}: off by ${error}`);
}

function barAt(bars: BarColumns, row: number): IndicatorBar {
  return { openTimeMs: bars.openTimesMs[row]!, open: bars.open[row]!, high: bars.high[row]!, low: bars.low[row]!, close: bars.close[row]!, volume: bars.volume[row]! };
}

function setBar(bars: BarColumns, row: number, bar: IndicatorBar): void {
  bars.openTimesMs[row] = bar.openTimeMs;
  bars.open[row] = bar.open;
  bars.high[row] = bar.high;
  bars.low[row] = bar.low;
  bars.close[row] = bar.close;
  bars.volume[row] = bar.volume;
}

function columnsFrom(bars: readonly IndicatorBar[]): BarColumns {
  const columns = barColumns(bars.length);
  bars.forEach((bar, row) => setBar(columns, row, bar));
  return columns;
}

function rowsOf(bars: BarColumns): IndicatorBar[] {
  return Array.from(bars.close, (_, row) => barAt(bars, row));
}

function slice(bars: BarColumns, from: number): BarColumns {
  return columnsFrom(rowsOf(bars).slice(from));
}

function withRow(bars: BarColumns, at: number, bar: IndicatorBar): BarColumns {
  return columnsFrom(rowsOf(bars).map((each, row) => (row === at ? bar : each)));
}

function withoutRow(bars: BarColumns, at: number): BarColumns {
  return columnsFrom(rowsOf(bars).filter((_, row) => row !== at));
}

function columnsOf(walk: readonly { close: number; up: number; down: number; volume: number }[]): BarColumns {
  return columnsFrom(walk.map(({ close, up, down, volume }, row) => ({ openTimeMs: row * 3_600_000, open: close, high: close + up, low: close - down, close, volume: volume + 1 })));
}

function sp500(): BarColumns {
  const path = new URL('../data/sp500-2000.csv', pathToFileURL(createRequire(import.meta.url).resolve('vega-datasets')));
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split('\n').map((line) => line.split(','));
  const [date, open, high, low, close, volume] = ['date', 'open', 'high', 'low', 'close', 'volume'].map((name) => header!.indexOf(name)) as [number, number, number, number, number, number];
  return columnsFrom(lines.map((line) => ({ openTimeMs: Date.parse(line[date]!), open: Number(line[open]), high: Number(line[high]), low: Number(line[low]), close: Number(line[close]), volume: Number(line[volume]) })));
}
