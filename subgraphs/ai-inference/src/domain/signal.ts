// A signal is what a forecast claims against the naive one, with the record of such claims as its confidence. It speaks of
// volatility only: the scoreboard PRICE_DIRECTION shows no edge in direction, so there is no view on it.

import type { Forecast } from './forecast.ts';
import { viewOf, type VolatilityView } from './volatility-view.ts';

export interface Signal {
  readonly direction: 'FLAT';
  readonly volatility: VolatilityView;
  readonly confidence: number;
}

/** Share of claims that came true in the walk-forward. */
export interface ClaimShares {
  readonly claims: Readonly<Record<'RISING' | 'FALLING', { readonly hitRate: number }>>;
}

export function signalOf({ strength }: Pick<Forecast, 'strength'>, { claims }: ClaimShares): Signal {
  const volatility = viewOf(strength);
  return { direction: 'FLAT', volatility, confidence: volatility === 'STEADY' ? 0 : claims[volatility].hitRate };
}
