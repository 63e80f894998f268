// Every kind of indicator over candles, by name. Conventions stand in schema.graphql and above each definition.

import type { Average, Definition, NumberParameter, Parameter, Values } from './definition.ts';
import type { Indicator } from './indicator.ts';
import { AROON } from './kinds/aroon.ts';
import { DEMA, EMA, HMA, SMA, TEMA, WMA } from './kinds/averages.ts';
import { BBANDS, DONCHIAN, KELTNER, LINEARREG, LINEARREG_SLOPE, STDDEV } from './kinds/channels.ts';
import { CCI } from './kinds/commodity-channel.ts';
import { ADX, DX, MINUS_DI, PLUS_DI } from './kinds/directional.ts';
import { ICHIMOKU } from './kinds/ichimoku.ts';
import { KAMA } from './kinds/kama.ts';
import { MFI } from './kinds/money-flow.ts';
import { MACD, MOM, PPO, ROC, TRIX } from './kinds/oscillators.ts';
import { SAR } from './kinds/parabolic.ts';
import { PIVOTS } from './kinds/pivots.ts';
import { ATR, NATR, TRANGE } from './kinds/ranges.ts';
import { STOCH, STOCHRSI, WILLR } from './kinds/stochastics.ts';
import { CMO, RSI } from './kinds/strength.ts';
import { SUPERTREND } from './kinds/supertrend.ts';
import { ULTOSC } from './kinds/ultimate.ts';
import { AD, CMF, OBV, VWAP } from './kinds/volume.ts';

export const CATALOG = {
  SMA, EMA, WMA, DEMA, TEMA, HMA, KAMA,
  RSI, STOCHRSI, CMO, STOCH, WILLR, CCI, ULTOSC, MOM, ROC, TRIX, MACD, PPO,
  BBANDS, KELTNER, DONCHIAN, STDDEV, LINEARREG, LINEARREG_SLOPE,
  TRANGE, ATR, NATR,
  PLUS_DI, MINUS_DI, DX, ADX, AROON, SAR, SUPERTREND, ICHIMOKU, PIVOTS,
  OBV, AD, CMF, MFI, VWAP,
} as const satisfies Readonly<Record<string, Definition>>;

export type IndicatorKind = keyof typeof CATALOG;
export const INDICATOR_KINDS = Object.keys(CATALOG) as readonly IndicatorKind[];

/** A kind with exactly the parameters it has; made by `parseIndicatorSpec`. */
export type IndicatorSpec = { readonly kind: IndicatorKind } & { readonly [P in NumberParameter]?: number } & { readonly average?: Average };

/** The definition with a spec's parameters filled in. */
export function indicatorOf(spec: IndicatorSpec): Indicator {
  return CATALOG[spec.kind].make(spec as unknown as Values<Parameter>);
}
