// Which indicator of each library is the same as ours. Where a library means something else by the name (trading-signals'
// CMO without Wilder's averages, technicalindicators' Keltner channels over typical prices, …) it has no case here: only
// equal values are compared, and every run checks that they are.

import * as signals from 'trading-signals';
import * as indicators from 'technicalindicators';
import type { IndicatorSpecInput } from '@mib/data-processor/domain/indicators/indicator-spec';
import type { Bar, Market } from './market.ts';

/** An indicator of trading-signals, whose result `read` turns into our components. */
export interface SignalsCase {
  readonly make: () => { update(input: never, replace: boolean): unknown };
  readonly input: 'close' | 'bar';
  readonly read: (result: never) => readonly number[];
}

export interface BatchCase {
  readonly spec: IndicatorSpecInput;
  readonly signals?: SignalsCase;
  /** All values of technicalindicators, the newest last. */
  readonly indicators?: { readonly run: (market: Market) => readonly unknown[]; readonly read: (result: never) => readonly number[] };
  /** TA-Lib has it under our kind's name (bench/peers/talib/indicators.py). */
  readonly talib?: true;
}

const single = (result: number): readonly number[] => [result];
const closes = (make: () => { update(input: number, replace: boolean): unknown }, read: (result: never) => readonly number[] = single): SignalsCase => ({ make: make as SignalsCase['make'], input: 'close', read });
const bars = (make: () => { update(input: Bar, replace: boolean): unknown }, read: (result: never) => readonly number[] = single): SignalsCase => ({ make: make as SignalsCase['make'], input: 'bar', read });
const all = (run: (market: Market) => readonly unknown[], read: (result: never) => readonly number[] = single): NonNullable<BatchCase['indicators']> => ({ run, read });
const bands = ({ upper, middle, lower }: { upper: number; middle: number; lower: number }): readonly number[] => [upper, middle, lower];

export const BATCH_CASES: readonly BatchCase[] = [
  { spec: { kind: 'SMA' }, talib: true, signals: closes(() => new signals.SMA(20)), indicators: all(({ close }) => indicators.SMA.calculate({ period: 20, values: close })) },
  { spec: { kind: 'EMA' }, talib: true, signals: closes(() => new signals.EMA(20)), indicators: all(({ close }) => indicators.EMA.calculate({ period: 20, values: close })) },
  { spec: { kind: 'WMA' }, talib: true, signals: closes(() => new signals.WMA(20)), indicators: all(({ close }) => indicators.WMA.calculate({ period: 20, values: close })) },
  { spec: { kind: 'DEMA' }, talib: true, signals: closes(() => new signals.DEMA(20)) },
  { spec: { kind: 'TEMA' }, talib: true, signals: closes(() => new signals.TEMA(20)) },
  { spec: { kind: 'HMA' }, signals: closes(() => new signals.HMA(16)) },
  { spec: { kind: 'KAMA' }, talib: true, signals: closes(() => new signals.KAMA(10)) },
  { spec: { kind: 'RSI' }, talib: true, signals: closes(() => new signals.RSI(14)) },
  { spec: { kind: 'STOCHRSI' }, talib: true },
  { spec: { kind: 'CMO' }, talib: true },
  {
    spec: { kind: 'STOCH' }, talib: true,
    signals: bars(() => new signals.StochasticOscillator({ kPeriod: 5, kSlowingPeriod: 3, dPeriod: 3 }), ({ stochK, stochD }: { stochK: number; stochD: number }) => [stochK, stochD]),
  },
  { spec: { kind: 'WILLR' }, talib: true, signals: bars(() => new signals.WilliamsR(14)), indicators: all(({ high, low, close }) => indicators.WilliamsR.calculate({ period: 14, high, low, close })) },
  { spec: { kind: 'CCI', period: 20 }, talib: true, signals: bars(() => new signals.CCI(20)), indicators: all(({ high, low, close }) => indicators.CCI.calculate({ period: 20, high, low, close })) },
  { spec: { kind: 'ULTOSC' }, talib: true, signals: bars(() => new signals.UltimateOscillator()) },
  { spec: { kind: 'MOM' }, talib: true, signals: closes(() => new signals.MOM(10)) },
  { spec: { kind: 'ROC' }, talib: true, signals: closes(() => new signals.ROC(10), (result: number) => [100 * result]), indicators: all(({ close }) => indicators.ROC.calculate({ period: 10, values: close })) },
  { spec: { kind: 'TRIX' }, talib: true, indicators: all(({ close }) => indicators.TRIX.calculate({ period: 30, values: close })) },
  {
    spec: { kind: 'MACD' }, talib: true,
    signals: closes(() => new signals.MACD(new signals.EMA(12), new signals.EMA(26), new signals.EMA(9)), ({ macd, signal, histogram }: { macd: number; signal: number; histogram: number }) => [macd, signal, histogram]),
    indicators: all(({ close }) => indicators.MACD.calculate({ values: close, fastPeriod: 12, slowPeriod: 26, signalPeriod: 9, SimpleMAOscillator: false, SimpleMASignal: false }), ({ MACD, signal, histogram }: { MACD: number; signal: number; histogram: number }) => [MACD, signal, histogram]),
  },
  { spec: { kind: 'PPO', average: 'EMA' }, talib: true, signals: closes(() => new signals.PPO({ fastPeriod: 12, slowPeriod: 26 })) },
  { spec: { kind: 'BBANDS' }, talib: true, signals: closes(() => new signals.BollingerBands(20, 2), bands), indicators: all(({ close }) => indicators.BollingerBands.calculate({ period: 20, stdDev: 2, values: close }), bands) },
  { spec: { kind: 'KELTNER' }, signals: bars(() => new signals.KeltnerChannels({ emaInterval: 20, atrInterval: 10, multiplier: 2 }), bands) },
  { spec: { kind: 'DONCHIAN' }, signals: bars(() => new signals.DonchianChannels(20), bands) },
  { spec: { kind: 'STDDEV' }, talib: true },
  { spec: { kind: 'LINEARREG' }, talib: true, signals: closes(() => new signals.LinearRegression(14), ({ prediction, slope }: { prediction: number; slope: number }) => [prediction - slope]) },
  { spec: { kind: 'ATR' }, talib: true, signals: bars(() => new signals.ATR(14)), indicators: all(({ high, low, close }) => indicators.ATR.calculate({ period: 14, high, low, close })) },
  { spec: { kind: 'NATR' }, talib: true, signals: bars(() => new signals.NATR(14)) },
  { spec: { kind: 'PLUS_DI' }, talib: true },
  { spec: { kind: 'MINUS_DI' }, talib: true },
  { spec: { kind: 'ADX' }, talib: true, indicators: all(({ high, low, close }) => indicators.ADX.calculate({ period: 14, high, low, close }), ({ adx }: { adx: number }) => [adx]) },
  { spec: { kind: 'AROON' }, talib: true, signals: bars(() => new signals.Aroon(14), ({ aroonUp, aroonDown }: { aroonUp: number; aroonDown: number }) => [aroonUp, aroonDown]) },
  { spec: { kind: 'SAR' }, talib: true, indicators: all(({ high, low }) => indicators.PSAR.calculate({ high, low, step: 0.02, max: 0.2 })) },
  {
    spec: { kind: 'SUPERTREND' },
    signals: bars(() => new signals.SuperTrend({ interval: 10, multiplier: 3 }), ({ supertrend, trend }: { supertrend: number; trend: string }) => [supertrend, trend === 'BULLISH' ? 1 : -1]),
  },
  {
    spec: { kind: 'ICHIMOKU' },
    signals: bars(() => new signals.IchimokuCloud(), ({ conversion, base, spanA, spanB }: { conversion: number; base: number; spanA: number; spanB: number }) => [conversion, base, spanA, spanB]),
    indicators: all(({ high, low }) => indicators.IchimokuCloud.calculate({ high, low, conversionPeriod: 9, basePeriod: 26, spanPeriod: 52, displacement: 26 }), ({ conversion, base, spanA, spanB }: { conversion: number; base: number; spanA: number; spanB: number }) => [conversion, base, spanA, spanB]),
  },
  { spec: { kind: 'OBV' }, talib: true, signals: bars(() => new signals.OBV(5)), indicators: all(({ close, volume }) => indicators.OBV.calculate({ close, volume })) },
  { spec: { kind: 'AD' }, talib: true, signals: bars(() => new signals.AD()), indicators: all(({ high, low, close, volume }) => indicators.ADL.calculate({ high, low, close, volume })) },
  { spec: { kind: 'CMF' }, signals: bars(() => new signals.CMF(20)) },
  { spec: { kind: 'MFI' }, talib: true, signals: bars(() => new signals.MFI(14)), indicators: all(({ high, low, close, volume }) => indicators.MFI.calculate({ period: 14, high, low, close, volume })) },
  { spec: { kind: 'VWAP' }, signals: bars(() => new signals.VWAP()), indicators: all(({ high, low, close, volume }) => indicators.VWAP.calculate({ high, low, close, volume })) },
];
