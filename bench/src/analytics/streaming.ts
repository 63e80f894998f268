// Live bars: seven indicators over a thousand symbols, round by round: bars of one interval end together. Ours is a table
// per indicator (states side by side in one array) that takes the round in one call, trading-signals' an object per symbol
// and indicator. One update is one indicator taking one bar; one core. The last values are checked equal in every run.

import type { IndicatorSpecInput } from '@mib/data-processor/domain/indicators/indicator-spec';
import { parseIndicatorSpec } from '@mib/data-processor/domain/indicators/indicator-spec';
import type { BarColumns } from '@mib/data-processor/domain/indicators/indicator';
import { barColumns } from '@mib/data-processor/domain/indicators/indicator';
import { IndicatorTable } from '@mib/data-processor/domain/indicators/indicator-stream';
import type { BenchRow } from '../harness.ts';
import { compare } from '../harness.ts';
import { BATCH_CASES } from './cases.ts';
import type { SignalsCase } from './cases.ts';
import type { Market } from './market.ts';
import { makeMarket } from './market.ts';

const SYMBOLS = 1_000;
/** EMA(26) and Wilder's 14 have forgotten their seeds by then to TOLERANCE. */
const BARS_PER_SYMBOL = 500;
const SEED = 5_122_020;
const RUNS = 7;
const TOLERANCE = 1e-6;
const KINDS = ['SMA', 'EMA', 'RSI', 'MACD', 'BBANDS', 'ATR', 'STOCH'] as const satisfies readonly IndicatorSpecInput['kind'][];
const UPDATES = SYMBOLS * BARS_PER_SYMBOL * KINDS.length;

export async function run(): Promise<BenchRow[]> {
  // Bar `time` of symbol `symbol` is row time * SYMBOLS + symbol: each symbol sees its own walk of every thousandth bar.
  const market = makeMarket(SYMBOLS * BARS_PER_SYMBOL, SEED);
  const cases = KINDS.map((kind) => BATCH_CASES.find(({ spec }) => spec.kind === kind)!.signals!);
  let last: readonly (readonly Float64Array[])[] = [];
  return [
    await compare({
      name: `${KINDS.length} indicators over ${SYMBOLS} symbols, round by round`, peerName: 'trading-signals', unit: 'M updates/s', better: 'higher', runs: RUNS,
      note: `${KINDS.join(' ')} with their defaults, ${BARS_PER_SYMBOL} bars a symbol, round by round, synthetic; an update is one indicator taking one bar and writing its values; one core, feed and graph not counted; last values checked equal within ${TOLERANCE}`,
      ours: () => {
        const { rate, values } = streamOurs(market);
        last = values;
        return rate;
      },
      peer: () => streamSignals(cases, market, last),
    }),
  ];
}

function streamOurs(market: Market): { readonly rate: number; readonly values: readonly (readonly Float64Array[])[] } {
  const bars = barColumns(SYMBOLS);
  const tables = KINDS.map((kind) => new IndicatorTable(parseIndicatorSpec({ kind }), SYMBOLS, bars));
  const startedMs = performance.now();
  for (let row = 0; row < market.columns.close.length; row += SYMBOLS) takeRound(tables, bars, market.columns, row);
  return { rate: UPDATES / (performance.now() - startedMs) / 1_000, values: tables.map((table) => table.values) };
}

/** One bar of each symbol: the feed fills their rows, then every table takes them. */
function takeRound(tables: readonly IndicatorTable[], bars: BarColumns, { open, high, low, close, volume }: BarColumns, from: number): void {
  for (let symbol = 0, row = from; symbol < SYMBOLS; symbol++, row++) {
    bars.open[symbol] = open[row]!;
    bars.high[symbol] = high[row]!;
    bars.low[symbol] = low[row]!;
    bars.close[symbol] = close[row]!;
    bars.volume[symbol] = volume[row]!;
  }
  for (const table of tables) table.stepRows(0, SYMBOLS);
}

function updateRound(objects: readonly (readonly { update(input: never, replace: boolean): unknown }[])[], inputs: readonly (readonly never[])[], from: number): void {
  for (let symbol = 0, row = from; symbol < SYMBOLS; symbol++, row++) {
    for (let each = 0; each < objects.length; each++) objects[each]![symbol]!.update(inputs[each]![row]!, false);
  }
}

function streamSignals(cases: readonly SignalsCase[], market: Market, expected: readonly (readonly Float64Array[])[]): number {
  const objects = cases.map(({ make }) => Array.from({ length: SYMBOLS }, make));
  const inputs = cases.map(({ input }) => (input === 'close' ? market.close : market.bars) as readonly never[]);
  const startedMs = performance.now();
  for (let row = 0; row < market.close.length; row += SYMBOLS) updateRound(objects, inputs, row);
  const rate = UPDATES / (performance.now() - startedMs) / 1_000;
  objects.forEach((symbols, each) => {
    symbols.forEach((indicator, symbol) => {
      const result = (indicator as unknown as { getResultOrThrow(): never }).getResultOrThrow();
      cases[each]!.read(result).forEach((value, component) => {
        const ours = expected[each]![component]![symbol]!;
        if (!(Math.abs(value - ours) <= TOLERANCE * Math.max(1, Math.abs(ours)))) throw new Error(`${KINDS[each]} of symbol ${symbol} must be ${ours}, was ${value}`);
      });
    });
  });
  return rate;
}
