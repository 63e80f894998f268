// Every kind against its definition, written down naively and computed in decimals of fifty places: on cents, on prices of
// 1e-9, on a price of 1e8 that moves by sixty-fourths, and around an outlier. TA-Lib cannot judge there: it cancels.

import { describe, expect, it } from '@jest/globals';
import type { IndicatorKind } from './catalog.ts';
import { INDICATOR_KINDS, indicatorOf } from './catalog.ts';
import { barColumns } from './indicator.ts';
import { parseIndicatorSpec } from './indicator-spec.ts';
import { runIndicator } from './indicator-stream.ts';

type X = bigint | null;
interface Exact {
  readonly high: readonly bigint[];
  readonly low: readonly bigint[];
  readonly close: readonly bigint[];
  readonly volume: readonly bigint[];
}

const ONE = 10n ** 50n;
const BARS = 260;
const whole = (value: number): bigint => BigInt(value) * ONE;
const times = (a: bigint, b: bigint): bigint => (a * b) / ONE;
const over = (a: bigint, b: bigint): bigint => (a * ONE) / b;
const size = (a: bigint): bigint => (a < 0n ? -a : a);
const highest = (values: readonly bigint[]): bigint => values.reduce((a, b) => (a > b ? a : b));
const lowest = (values: readonly bigint[]): bigint => values.reduce((a, b) => (a < b ? a : b));
const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

describe.each<[string, number, number, number]>([
  ['cents', 0, 1 / 100, 0],
  ['prices of 1e-9', 0, 1e-13, 0],
  ['a price of 1e8 that moves by sixty-fourths', 1e8, 1 / 64, 0],
  ['an outlier of a thousand times the price', 0, 1 / 100, 1_000],
])('on %s', (_, base, tick, outlier) => {
  const { doubles, exact } = makeMarket(base, tick, outlier);

  it.each(INDICATOR_KINDS.map((kind) => [kind]))('%s is its definition within 1e-9', (kind) => {
    const spec = parseIndicatorSpec({ kind });
    const columns = runIndicator(spec, doubles);
    const twin = TWINS[kind](exact);
    expect(twin).toHaveLength(indicatorOf(spec).components.length);
    twin.forEach((expected, component) => {
      const known = expected.filter((value) => value !== null).map((value) => Math.abs(toNumber(value)));
      const median = known.sort((a, b) => a - b)[known.length >> 1]!;
      expected.forEach((value, row) => {
        const actual = columns[component]![row]!;
        if (value === null) return expect([row, actual]).toEqual([row, NaN]);
        const wanted = toNumber(value);
        // Near zero what counts is the size that the indicator usually has; STOCHRSI is a quotient of differences of quotients.
        const usual = kind === 'STOCHRSI' ? 100 : median / 100;
        if (!(Math.abs(actual - wanted) <= 1e-9 * Math.max(Math.abs(wanted), usual))) throw new Error(`row ${row} component ${component}: ${actual} must be ${wanted}`);
      });
    });
  });
});

/** A walk in whole ticks with many ties; the doubles are those nearest to the exact prices. */
function makeMarket(base: number, tick: number, outlier: number): { doubles: ReturnType<typeof barColumns>; exact: Exact } {
  let seed = 12_345;
  const random = (upTo: number): number => (seed = (seed * 48_271) % 2_147_483_647) % upTo;
  const perTick = tick === 1 / 64 ? ONE / 64n : tick === 1e-13 ? ONE / 10n ** 13n : ONE / 100n;
  const exactOf = (ticks: number): bigint => whole(base) + BigInt(ticks) * perTick;
  const numberOf = (ticks: number): number => (tick === 1 / 64 ? base + ticks / 64 : tick === 1e-13 ? Number(`${ticks}e-13`) : ticks / 100);
  const doubles = barColumns(BARS);
  const exact = { high: [] as bigint[], low: [] as bigint[], close: [] as bigint[], volume: [] as bigint[] };
  let ticks = 10_000;
  for (let row = 0; row < BARS; row++) {
    ticks += row % 50 > 44 ? 0 : random(7) - 3;
    const close = row === 100 && outlier > 0 ? ticks * outlier : ticks;
    const [high, low] = row % 50 > 44 ? [close, close] : [close + random(4), close - random(4)];
    const volume = random(5) * 10;
    [doubles.open[row], doubles.high[row], doubles.low[row], doubles.close[row], doubles.volume[row]] = [numberOf(close), numberOf(high), numberOf(low), numberOf(close), volume];
    exact.high.push(exactOf(high));
    exact.low.push(exactOf(low));
    exact.close.push(exactOf(close));
    exact.volume.push(whole(volume));
  }
  return { doubles, exact };
}

function toNumber(value: bigint): number {
  return Number(value) / 1e50;
}

function rows(f: (row: number) => X): X[] {
  return Array.from({ length: BARS }, (_, row) => f(row));
}

/** `f` of the last `period` values, null until there are so many. */
function windows(values: readonly X[], period: number, f: (window: readonly bigint[]) => bigint): X[] {
  return values.map((_, row) => {
    const window = values.slice(Math.max(0, row - period + 1), row + 1).filter((value) => value !== null);
    return window.length < period ? null : f(window);
  });
}

const mean = (values: readonly bigint[]): bigint => sum(values) / BigInt(values.length);
const sma = (values: readonly X[], period: number): X[] => windows(values, period, mean);
const wma = (values: readonly X[], period: number): X[] => windows(values, period, (window) => sum(window.map((value, index) => value * BigInt(index + 1))) / BigInt((period * (period + 1)) / 2));

/** Seeded by the mean of the first `period` values, then a numerator-th part of the way. */
function average(values: readonly X[], period: number, numerator: number, divisor: number): X[] {
  const seen: bigint[] = [];
  let now: bigint | undefined;
  return values.map((value) => {
    if (value === null) return null;
    if (now === undefined) {
      seen.push(value);
      if (seen.length < period) return null;
      return (now = mean(seen));
    }
    return (now += ((value - now) * BigInt(numerator)) / BigInt(divisor));
  });
}

const ema = (values: readonly X[], period: number): X[] => average(values, period, 2, period + 1);
const wilder = (values: readonly X[], period: number): X[] => average(values, period, 1, period);
const combine = (a: readonly X[], b: readonly X[], f: (a: bigint, b: bigint) => bigint): X[] => a.map((value, row) => (value === null || b[row] === null ? null : f(value, b[row]!)));
const ratio = (a: bigint, b: bigint): bigint => (b === 0n ? 0n : over(a * 100n, b));
const changes = (values: readonly X[]): X[] => rows((row) => (row === 0 || values[row] === null || values[row - 1] === null ? null : values[row]! - values[row - 1]!));
const typical = ({ high, low, close }: Exact): bigint[] => close.map((value, row) => (high[row]! + low[row]! + value) / 3n);
const masked = (columns: readonly X[][]): X[][] => columns.map((column) => column.map((value, row) => (columns.some((other) => other[row] === null) ? null : value)));

function trueRange({ high, low, close }: Exact): X[] {
  return rows((row) => (row === 0 ? null : highest([high[row]!, close[row - 1]!]) - lowest([low[row]!, close[row - 1]!])));
}

function strength(values: readonly X[], period: number, ofLoss: bigint): X[] {
  const change = changes(values);
  const gain = wilder(change.map((value) => (value === null ? null : value > 0n ? value : 0n)), period);
  const loss = wilder(change.map((value) => (value === null ? null : value < 0n ? -value : 0n)), period);
  return combine(gain, loss, (a, b) => ratio(a - ofLoss * b, a + b));
}

function stochastic(high: readonly X[], low: readonly X[], close: readonly X[], period: number, f: (top: bigint, bottom: bigint, now: bigint) => bigint): X[] {
  const tops = windows(high, period, highest);
  const bottoms = windows(low, period, lowest);
  return rows((row) => (tops[row] === null || bottoms[row] === null ? null : tops[row] === bottoms[row] ? 0n : f(tops[row]!, bottoms[row]!, close[row]!)));
}

const percentK = (top: bigint, bottom: bigint, now: bigint): bigint => ratio(now - bottom, top - bottom);

/** Sums of the first n - 1, then sum - sum / n + new. */
function wilderSum(values: readonly X[], period: number): X[] {
  let now = 0n;
  return values.map((value, row) => {
    if (value === null) return null;
    now = row < period ? now + value : now - now / BigInt(period) + value;
    return row < period ? null : now;
  });
}

function directions(market: Exact, period: number): { plus: X[]; minus: X[]; dx: X[] } {
  const { high, low } = market;
  const moves = rows((row) => (row === 0 ? null : high[row]! - high[row - 1]!));
  const falls = rows((row) => (row === 0 ? null : low[row - 1]! - low[row]!));
  const ranges = wilderSum(trueRange(market), period);
  const side = (a: readonly X[], b: readonly X[]): X[] => combine(wilderSum(combine(a, b, (x, y) => (x > y && x > 0n ? x : 0n)), period), ranges, ratio);
  const [plus, minus] = [side(moves, falls), side(falls, moves)];
  return { plus, minus, dx: combine(plus, minus, (a, b) => ratio(size(a - b), a + b)) };
}

function regression(values: readonly X[], period: number, end: boolean): X[] {
  const n = BigInt(period);
  return windows(values, period, (window) => {
    const xy = sum(window.map((value, index) => value * BigInt(index)));
    const x = (n * (n - 1n)) / 2n;
    const xx = ((n - 1n) * n * (2n * n - 1n)) / 6n;
    const slope = (n * xy - x * sum(window)) / (n * xx - x * x);
    return end ? (sum(window) - slope * x) / n + slope * (n - 1n) : slope;
  });
}

function deviation(window: readonly bigint[]): bigint {
  const middle = mean(window);
  return squareRoot((sum(window.map((value) => (value - middle) ** 2n))) / BigInt(window.length));
}

function squareRoot(value: bigint): bigint {
  if (value === 0n) return 0n;
  let guess = 1n << BigInt((value.toString(2).length >> 1) + 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

function macd(close: readonly X[]): X[][] {
  const line = combine(ema(close.map((value, row) => (row < 14 ? null : value)), 12), ema(close, 26), (a, b) => a - b);
  const signal = ema(line, 9);
  return masked([line, signal, combine(line, signal, (a, b) => a - b)]);
}

function bands(middle: readonly X[], widths: readonly X[]): X[][] {
  return masked([combine(middle, widths, (a, b) => a + b), [...middle], combine(middle, widths, (a, b) => a - b)]);
}

function kama(close: readonly bigint[], period: number): X[] {
  const slowest = over(2n, 31n);
  const speeds = over(2n, 3n) - slowest;
  let now = 0n;
  return rows((row) => {
    if (row < period) return ((now = close[row]!), null);
    const path = sum(Array.from({ length: period }, (_, back) => size(close[row - back]! - close[row - back - 1]!)));
    const way = size(close[row]! - close[row - period]!);
    const speed = times(path === 0n ? ONE : over(way, path), speeds) + slowest;
    return (now += times(times(speed, speed), close[row]! - now));
  });
}

function parabolic({ high, low }: Exact): X[] {
  let long = !(low[0]! > low[1]! && low[0]! - low[1]! > high[1]! - high[0]!);
  let stop = long ? low[0]! : high[0]!;
  let extreme = long ? high[1]! : low[1]!;
  let steps = 1n;
  const cap = (row: number): void => {
    const before = Math.max(1, row - 1);
    stop = long ? lowest([stop, low[row]!, low[before]!]) : highest([stop, high[row]!, high[before]!]);
  };
  const advance = (row: number): void => {
    stop += ((extreme - stop) * (steps > 10n ? 10n : steps)) / 50n;
    cap(row);
  };
  return rows((row) => {
    if (row === 0) return null;
    if (long ? low[row]! <= stop : high[row]! >= stop) {
      long = !long;
      stop = extreme;
      cap(row);
      const shown = stop;
      [extreme, steps] = [long ? high[row]! : low[row]!, 1n];
      advance(row);
      return shown;
    }
    const shown = stop;
    if (long ? high[row]! > extreme : low[row]! < extreme) [extreme, steps] = [long ? high[row]! : low[row]!, steps + 1n];
    advance(row);
    return shown;
  });
}

function supertrend(market: Exact): X[][] {
  const { high, low, close } = market;
  const atr = wilder(trueRange(market), 10);
  let [upper, lower, up, begun] = [0n, 0n, false, false];
  const ways: X[] = rows(() => null);
  const values = rows((row) => {
    if (atr[row] === null) return null;
    const [basicUpper, basicLower] = [(high[row]! + low[row]!) / 2n + 3n * atr[row]!, (high[row]! + low[row]!) / 2n - 3n * atr[row]!];
    if (!begun || basicUpper < upper || close[row - 1]! > upper) upper = basicUpper;
    if (!begun || basicLower > lower || close[row - 1]! < lower) lower = basicLower;
    if (begun) up = up ? close[row]! >= lower : close[row]! > upper;
    begun = true;
    ways[row] = up ? ONE : -ONE;
    return up ? lower : upper;
  });
  return [values, ways];
}

function aroon(values: readonly bigint[], sign: bigint): X[] {
  return rows((row) => {
    if (row < 14) return null;
    let best = row;
    for (let back = row - 1; back >= row - 14; back--) if (sign * values[back]! > sign * values[best]!) best = back;
    return (whole(100) * BigInt(14 - (row - best))) / 14n;
  });
}

const middle = ({ high, low }: Exact, period: number): X[] => combine(windows(high, period, highest), windows(low, period, lowest), (a, b) => (a + b) / 2n);
const standing = ({ high, low, close, volume }: Exact): bigint[] => close.map((value, row) => (high[row] === low[row] ? 0n : times(over(2n * value - low[row]! - high[row]!, high[row]! - low[row]!), volume[row]!)));
const running = (values: readonly bigint[]): X[] => rows((row) => sum(values.slice(0, row + 1)));

const TWINS: Readonly<Record<IndicatorKind, (market: Exact) => X[][]>> = {
  SMA: ({ close }) => [sma(close, 20)],
  EMA: ({ close }) => [ema(close, 20)],
  WMA: ({ close }) => [wma(close, 20)],
  DEMA: ({ close }) => [combine(ema(close, 20), ema(ema(close, 20), 20), (a, b) => 2n * a - b)],
  TEMA: ({ close }) => [combine(combine(ema(close, 20), ema(ema(close, 20), 20), (a, b) => 3n * (a - b)), ema(ema(ema(close, 20), 20), 20), (a, b) => a + b)],
  HMA: ({ close }) => [wma(combine(wma(close, 8), wma(close, 16), (a, b) => 2n * a - b), 4)],
  KAMA: ({ close }) => [kama(close, 10)],
  RSI: ({ close }) => [strength(close, 14, 0n)],
  CMO: ({ close }) => [strength(close, 14, 1n)],
  STOCHRSI: ({ close }) => {
    const rsi = strength(close, 14, 0n);
    const k = stochastic(rsi, rsi, rsi, 5, (top, bottom, now) => (top - bottom <= ONE / 10n ** 10n ? 0n : percentK(top, bottom, now)));
    return masked([k, sma(k, 3)]);
  },
  STOCH: ({ high, low, close }) => {
    const k = sma(stochastic(high, low, close, 5, percentK), 3);
    return masked([k, sma(k, 3)]);
  },
  WILLR: ({ high, low, close }) => [stochastic(high, low, close, 14, (top, bottom, now) => -ratio(top - now, top - bottom))],
  CCI: (market) => [
    windows(typical(market), 14, (window) => {
      const centre = mean(window);
      const spread = mean(window.map((value) => size(value - centre)));
      return spread < ONE / 10n ** 40n ? 0n : over((window.at(-1)! - centre) * 1000n, spread * 15n);
    }),
  ],
  ULTOSC: (market) => {
    const range = trueRange(market);
    const pressure = rows((row) => (row === 0 ? null : market.close[row]! - lowest([market.low[row]!, market.close[row - 1]!])));
    const part = (period: number): X[] => combine(windows(pressure, period, sum), windows(range, period, sum), ratio);
    const [a, b, c] = [part(7), part(14), part(28)];
    return [rows((row) => (c[row] === null ? null : (4n * a[row]! + 2n * b[row]! + c[row]!) / 7n))];
  },
  MOM: ({ close }) => [rows((row) => (row < 10 ? null : close[row]! - close[row - 10]!))],
  ROC: ({ close }) => [rows((row) => (row < 10 ? null : ratio(close[row]! - close[row - 10]!, close[row - 10]!)))],
  TRIX: ({ close }) => {
    const third = ema(ema(ema(close, 30), 30), 30);
    return [rows((row) => (row === 0 || third[row - 1] === null ? null : ratio(third[row]! - third[row - 1]!, third[row - 1]!)))];
  },
  MACD: ({ close }) => macd(close),
  PPO: ({ close }) => [combine(sma(close, 12), sma(close, 26), (a, b) => ratio(a - b, b))],
  BBANDS: ({ close }) => bands(sma(close, 20), windows(close, 20, (window) => 2n * deviation(window))),
  KELTNER: (market) => bands(ema(market.close, 20), wilder(trueRange(market), 10).map((value) => (value === null ? null : 2n * value))),
  DONCHIAN: (market) => [windows(market.high, 20, highest), middle(market, 20), windows(market.low, 20, lowest)],
  STDDEV: ({ close }) => [windows(close, 5, deviation)],
  LINEARREG: ({ close }) => [regression(close, 14, true)],
  LINEARREG_SLOPE: ({ close }) => [regression(close, 14, false)],
  TRANGE: (market) => [trueRange(market)],
  ATR: (market) => [wilder(trueRange(market), 14)],
  NATR: (market) => [combine(wilder(trueRange(market), 14), market.close, ratio)],
  PLUS_DI: (market) => [directions(market, 14).plus],
  MINUS_DI: (market) => [directions(market, 14).minus],
  DX: (market) => [directions(market, 14).dx],
  ADX: (market) => [wilder(directions(market, 14).dx, 14)],
  AROON: ({ high, low }) => [aroon(high, 1n), aroon(low, -1n)],
  SAR: (market) => [parabolic(market)],
  SUPERTREND: (market) => supertrend(market),
  ICHIMOKU: (market) => {
    const [conversion, base] = [middle(market, 9), middle(market, 26)];
    return masked([conversion, base, combine(conversion, base, (a, b) => (a + b) / 2n), middle(market, 52)]);
  },
  PIVOTS: ({ high, low, close }) => {
    const level = (f: (h: bigint, l: bigint, p: bigint) => bigint): X[] => rows((row) => (row === 0 ? null : f(high[row - 1]!, low[row - 1]!, (high[row - 1]! + low[row - 1]! + close[row - 1]!) / 3n)));
    return [level((_h, _l, p) => p), level((_h, l, p) => 2n * p - l), level((h, _l, p) => 2n * p - h), level((h, l, p) => p + h - l), level((h, l, p) => p - h + l), level((h, l, p) => h + 2n * (p - l)), level((h, l, p) => l - 2n * (h - p))];
  },
  OBV: ({ close, volume }) => [running(volume.map((value, row) => (row === 0 || close[row]! > close[row - 1]! ? value : close[row]! < close[row - 1]! ? -value : 0n)))],
  AD: (market) => [running(standing(market))],
  CMF: (market) => [combine(windows(standing(market), 20, sum), windows(market.volume, 20, sum), (a, b) => (b === 0n ? 0n : over(a, b)))],
  MFI: (market) => {
    const sums = market.close.map((value, row) => market.high[row]! + market.low[row]! + value);
    const flow = (sign: bigint): X[] => windows(rows((row) => (row === 0 ? null : sign * (sums[row]! - sums[row - 1]!) > 0n ? times(sums[row]!, market.volume[row]!) : 0n)), 14, sum);
    return [combine(flow(1n), flow(-1n), (a, b) => ratio(a, a + b))];
  },
  VWAP: (market) => [combine(running(typical(market).map((value, row) => times(value, market.volume[row]!))), running(market.volume), over)],
};
