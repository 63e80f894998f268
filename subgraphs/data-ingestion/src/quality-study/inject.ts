// Puts bad prints into a real series, by seed, and says where they are. What is injected is measured in the median true
// range of the bars around, so that a wick of three is as wrong in calm years as in wild ones.

import type { PricedBar } from '../domain/quality/bar-prints.ts';
import { createRandom, type Random } from '../domain/random.ts';

export const BAD_PRINTS = ['WICK', 'BOTH_WICKS', 'FALSE_CLOSE', 'FALSE_OPEN', 'DECIMAL_SHIFT'] as const;
export type BadPrint = (typeof BAD_PRINTS)[number];

export interface InjectedSeries {
  readonly bars: readonly PricedBar[];
  /** 1 where a bad print was put. */
  readonly isBad: Uint8Array;
}

export interface Injection {
  /** Drawn from at random, equally. */
  readonly kinds: readonly BadPrint[];
  /** Of a bar being hit, 0..1. */
  readonly rate: number;
  /** Size in true ranges, drawn equally between both. */
  readonly minRanges: number;
  readonly maxRanges: number;
  readonly seed: number;
}

/** Bars on each side that say what a usual range is. */
const AROUND = 10;

export function injectBadPrints(bars: readonly PricedBar[], { kinds, rate, minRanges, maxRanges, seed }: Injection): InjectedSeries {
  const random = createRandom(seed);
  const isBad = new Uint8Array(bars.length);
  const spoiled = bars.map((bar, index) => {
    if (random() >= rate) return bar;
    isBad[index] = 1;
    const size = usualRange(bars, index) * (minRanges + (maxRanges - minRanges) * random());
    return spoil(bar, kinds[Math.floor(random() * kinds.length)]!, size, random);
  });
  return { bars: spoiled, isBad };
}

function spoil(bar: PricedBar, kind: BadPrint, size: number, random: Random): PricedBar {
  const sign = random() < 0.5 ? 1 : -1;
  const { open, high, low, close } = bar;
  switch (kind) {
    case 'WICK':
      return sign > 0 ? { ...bar, high: Math.max(high, Math.max(open, close) + size) } : { ...bar, low: Math.min(low, Math.min(open, close) - size) };
    case 'BOTH_WICKS':
      return { ...bar, high: high + size, low: low - size };
    case 'FALSE_CLOSE':
      return reaching(bar, { close: close + sign * size });
    case 'FALSE_OPEN':
      return reaching(bar, { open: open + sign * size });
    case 'DECIMAL_SHIFT':
      return reaching(bar, { close: sign > 0 ? close * 10 : close / 10 });
  }
}

/** High and low take in whatever price was put in. */
function reaching(bar: PricedBar, change: Partial<PricedBar>): PricedBar {
  const { open, high, low, close } = { ...bar, ...change };
  return { open, close, high: Math.max(high, open, close), low: Math.min(low, open, close) };
}

function usualRange(bars: readonly PricedBar[], index: number): number {
  const ranges: number[] = [];
  for (let at = Math.max(1, index - AROUND); at <= Math.min(bars.length - 1, index + AROUND); at += 1) ranges.push(Math.max(bars[at]!.high, bars[at - 1]!.close) - Math.min(bars[at]!.low, bars[at - 1]!.close));
  return ranges.sort((a, b) => a - b)[ranges.length >> 1] || Math.abs(bars[index]!.close) / 100;
}
