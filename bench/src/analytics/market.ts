// A synthetic market for the bench: a random walk by seed, in the shapes that each side wants its input in, made before any
// clock runs. Prices are sixty-fourths, which doubles hold exactly: in cents TA-Lib decides ties of movements by rounding.

import type { BarColumns } from '@mib/data-processor/domain/indicators/indicator';
import { barColumns } from '@mib/data-processor/domain/indicators/indicator';

export interface Bar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface Market {
  /** Ours. */
  readonly columns: BarColumns;
  /** trading-signals'. */
  readonly bars: readonly Bar[];
  /** technicalindicators' and every side's closes. */
  readonly open: number[];
  readonly high: number[];
  readonly low: number[];
  readonly close: number[];
  readonly volume: number[];
}

const START_TICKS = 50_000;
const TICKS_PER_UNIT = 64;
const FLOOR_TICKS = 1_000;

/** @param seed - 1..2147483646; equal seeds give equal markets. */
export function makeMarket(bars: number, seed: number): Market {
  let state = seed;
  // Park and Miller's minimal standard generator.
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const ticks = (upTo: number): number => Math.floor(random() * upTo);
  const columns = barColumns(bars);
  let price = START_TICKS;
  for (let row = 0; row < bars; row++) {
    const open = price;
    price = Math.max(FLOOR_TICKS, price + ticks(81) - 40);
    columns.open[row] = open / TICKS_PER_UNIT;
    columns.close[row] = price / TICKS_PER_UNIT;
    columns.high[row] = (Math.max(open, price) + ticks(25)) / TICKS_PER_UNIT;
    columns.low[row] = (Math.min(open, price) - ticks(25)) / TICKS_PER_UNIT;
    columns.volume[row] = 1 + ticks(10_000);
  }
  const [open, high, low, close, volume] = [columns.open, columns.high, columns.low, columns.close, columns.volume].map((column) => Array.from(column)) as [number[], number[], number[], number[], number[]];
  return { columns, open, high, low, close, volume, bars: open.map((_, row) => ({ open: open[row]!, high: high[row]!, low: low[row]!, close: close[row]!, volume: volume[row]! })) };
}
