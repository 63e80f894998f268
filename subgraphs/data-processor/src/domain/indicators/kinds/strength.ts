// Gains against losses: RSI and CMO with Wilder's averages (TA-Lib's CMO has them too).

import { bars, define } from '../definition.ts';
import type { Indicator } from '../indicator.ts';
import { SINGLE, WILDER_MEMORY_PERIODS } from '../indicator.ts';
import { RELATIVE_STRENGTH_SLOTS, relativeStrength } from '../operators/relative-strength.ts';

export const RSI = define({ parameters: { period: bars(14) }, make: ({ period }) => strength(period, 0) });
export const CMO = define({ parameters: { period: bars(14) }, make: ({ period }) => strength(period, 1) });

function strength(period: number, ofLoss: 0 | 1): Indicator {
  return {
    components: SINGLE,
    slots: RELATIVE_STRENGTH_SLOTS,
    warmup: period,
    memory: (1 + WILDER_MEMORY_PERIODS) * period,
    run: (state, at, stride, { close }, from, to, out) => relativeStrength(state, at, stride, period, ofLoss, close, from, out[0]!, from, to - from),
  };
}
