// A synthetic market in cents for the bench: a random walk by seed, in the shapes that each side wants its input in, made
// before any clock runs.

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

const START_CENTS = 50_000;
const FLOOR_CENTS = 1_000;

/** @param seed - 1..2147483646; equal seeds give equal markets. */
export function makeMarket(bars: number, seed: number): Market {
  let state = seed;
  // Park and Miller's minimal standard generator.
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const cents = (upTo: number): number => Math.floor(random() * upTo);
  const columns = barColumns(bars);
  let price = START_CENTS;
  for (let row = 0; row < bars; row++) {
    const open = price;
    price = Math.max(FLOOR_CENTS, price + cents(81) - 40);
    columns.open[row] = open / 100;
    columns.close[row] = price / 100;
    columns.high[row] = (Math.max(open, price) + cents(25)) / 100;
    columns.low[row] = (Math.min(open, price) - cents(25)) / 100;
    columns.volume[row] = 1 + cents(10_000);
  }
  const [open, high, low, close, volume] = [columns.open, columns.high, columns.low, columns.close, columns.volume].map((column) => Array.from(column)) as [number[], number[], number[], number[], number[]];
  return { columns, open, high, low, close, volume, bars: open.map((_, row) => ({ open: open[row]!, high: high[row]!, low: low[row]!, close: close[row]!, volume: volume[row]! })) };
}
