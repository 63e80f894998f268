// A screen over many instruments, kept up to date bar by bar: a change of one instrument's newest bar costs one step of its
// indicators, not a look at the others. Membership and order are settled when somebody asks.

import { IndicatorStream, type IndicatorBar } from '../indicators/indicator-stream.ts';
import type { BarSeries } from '../indicators/indicator-point.ts';
import type { Comparison, Operand, ScreenSpec } from './screen-spec.ts';

export interface ScreenMember {
  readonly instrumentId: string;
  /** From 1. */
  readonly rank: number;
  /** What it is ranked by. */
  readonly value: number;
}

/** What turns the members before into those after: `moved` are those whose rank is another. */
export interface ScreenChange {
  readonly entered: readonly ScreenMember[];
  readonly moved: readonly ScreenMember[];
  readonly left: readonly string[];
  readonly members: number;
}

interface Row {
  readonly streams: readonly IndicatorStream[];
  newest: IndicatorBar;
  /** Of the bar before, NaN without one. */
  closeBefore: number;
  synthetic: boolean;
  /** Figure of the order while all conditions hold, else NaN. */
  score: number;
}

export class Screen {
  readonly spec: ScreenSpec;
  readonly #rows = new Map<string, Row>();

  constructor(spec: ScreenSpec) {
    this.spec = spec;
  }

  /** Takes an instrument from its stored bars, oldest first; one without bars is no candidate. */
  load(series: BarSeries): void {
    const last = series.close.length - 1;
    if (last < 0) return void this.#rows.delete(series.instrumentId);
    const streams = this.spec.indicators.map((spec) => new IndicatorStream(spec));
    for (const stream of streams) stream.skip(series, 0, last);
    const newest = { openTimeMs: series.openTimesMs[last]!, open: series.open[last]!, high: series.high[last]!, low: series.low[last]!, close: series.close[last]!, volume: series.volume[last]! };
    const row: Row = { streams, newest, closeBefore: last > 0 ? series.close[last - 1]! : NaN, synthetic: series.synthetic[last] === 1, score: NaN };
    row.score = this.#scoreOf(row);
    this.#rows.set(series.instrumentId, row);
  }

  /**
   * Takes a changed or new newest bar.
   *
   * @returns false when the instrument has to be loaded again, since the bar changes what its indicators remember.
   */
  apply(instrumentId: string, bar: IndicatorBar, synthetic: boolean): boolean {
    const row = this.#rows.get(instrumentId);
    if (!row || bar.openTimeMs < row.newest.openTimeMs) return false;
    // Where both sources have a bar of one time, the series holds HISTORY.
    if (bar.openTimeMs === row.newest.openTimeMs && synthetic && !row.synthetic) return true;
    if (bar.openTimeMs > row.newest.openTimeMs) {
      for (const stream of row.streams) stream.step(row.newest);
      row.closeBefore = row.newest.close;
    }
    row.newest = bar;
    row.synthetic = synthetic;
    row.score = this.#scoreOf(row);
    return true;
  }

  /** In order; of equal figures the smaller id comes first. */
  members(): ScreenMember[] {
    const sign = this.spec.descending ? -1 : 1;
    return [...this.#rows].filter(([, row]) => !Number.isNaN(row.score))
      .sort(([a, { score: x }], [b, { score: y }]) => (x === y ? (a < b ? -1 : 1) : sign * (x - y)))
      .slice(0, this.spec.limit)
      .map(([instrumentId, { score }], index) => ({ instrumentId, rank: index + 1, value: score }));
  }

  #scoreOf(row: Row): number {
    const values = row.streams.map((stream) => stream.peek(row.newest));
    const figure = (operand: Operand) => figureOf(operand, row, values);
    return this.spec.conditions.every(({ left, comparison, right }) => holds(figure(left), comparison, figure(right))) ? figure(this.spec.rankBy) : NaN;
  }
}

/** Null when nothing changed; a figure that moves without a change of rank is no change. */
export function changeBetween(before: readonly ScreenMember[], after: readonly ScreenMember[]): ScreenChange | null {
  const ranks = new Map(before.map((member) => [member.instrumentId, member.rank]));
  const entered = after.filter((member) => !ranks.has(member.instrumentId));
  const moved = after.filter((member) => ranks.has(member.instrumentId) && ranks.get(member.instrumentId) !== member.rank);
  const present = new Set(after.map((member) => member.instrumentId));
  const left = before.filter((member) => !present.has(member.instrumentId)).map((member) => member.instrumentId);
  return entered.length + moved.length + left.length === 0 ? null : { entered, moved, left, members: after.length };
}

function figureOf(operand: Operand, { newest, closeBefore }: Row, values: readonly (readonly number[] | null)[]): number {
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'indicator') return values[operand.stream]?.[operand.component] ?? NaN;
  switch (operand.metric) {
    case 'CLOSE':
      return newest.close;
    case 'VOLUME':
      return newest.volume;
    case 'CHANGE_PERCENT':
      return finite((newest.close / closeBefore - 1) * 100);
    case 'RANGE_PERCENT':
      return finite(((newest.high - newest.low) / newest.close) * 100);
  }
}

/** NaN compares with nothing. */
function holds(left: number, comparison: Comparison, right: number): boolean {
  switch (comparison) {
    case 'ABOVE':
      return left > right;
    case 'AT_LEAST':
      return left >= right;
    case 'BELOW':
      return left < right;
    case 'AT_MOST':
      return left <= right;
  }
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : NaN;
}
