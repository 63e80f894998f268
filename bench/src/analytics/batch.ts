// Whole arrays: each indicator over a million bars, ours against the faster of the two npm libraries and against TA-Lib.
// Every side's values are checked equal before the clock runs; a library that needs more than three times the other's time
// in that run is out of the race for this indicator.

import type { IndicatorSpec } from '@mib/data-processor/domain/indicators/catalog';
import { parseIndicatorSpec } from '@mib/data-processor/domain/indicators/indicator-spec';
import { runIndicator } from '@mib/data-processor/domain/indicators/indicator-stream';
import type { BenchRow } from '../harness.ts';
import { median, row } from '../harness.ts';
import type { BatchCase, SignalsCase } from './cases.ts';
import { BATCH_CASES } from './cases.ts';
import type { Market } from './market.ts';
import { makeMarket } from './market.ts';
import type { Talib } from './talib.ts';
import { openTalib } from './talib.ts';

const BARS = 1_000_000;
const SEED = 20_201_122;
const RUNS = 3;
/** Seeds of averages differ between libraries; from here on a double shows them no more. */
const SETTLED_ROW = 20_000;
/** The npm libraries drift over a million bars. */
const TOLERANCE = 1e-6;
const OUT_OF_THE_RACE = 3;

interface Peer {
  readonly name: string;
  readonly run: () => Promise<number> | number;
}

export async function run(): Promise<BenchRow[]> {
  const market = makeMarket(BARS, SEED);
  await using talib = await openTalib(market);
  const rows: BenchRow[] = [];
  for (const each of BATCH_CASES) rows.push(...(await measure(each, market, talib)));
  return [...rows, ...meansOf(rows)];
}

async function measure(each: BatchCase, market: Market, talib: Talib | undefined): Promise<BenchRow[]> {
  const spec = parseIndicatorSpec(each.spec);
  const expected = runIndicator(spec, market.columns);
  const peers = await checkedPeers(each, spec, market, expected, talib);
  const columns = expected.map(() => new Float64Array(BARS).fill(NaN));
  const ours: number[] = [];
  const theirs = peers.map((): number[] => []);
  for (let run = 0; run < RUNS; run++) {
    const startedMs = performance.now();
    runIndicator(spec, market.columns, columns);
    ours.push(BARS / (performance.now() - startedMs) / 1_000);
    for (const [index, peer] of peers.entries()) theirs[index]!.push(BARS / (await peer.run()) / 1_000);
  }
  const rows = peers.map((peer, index) => row({ name: `${spec.kind} over 1M bars, ${peer.name}`, peerName: peer.name, unit: 'M bars/s', better: 'higher', runs: RUNS, ours: median(ours), peer: median(theirs[index]!), note: NOTE }));
  console.error(rows.map(({ name, ratio }) => `${name}: ratio ${ratio.toPrecision(3)}`).join('\n'));
  return rows;
}

const NOTE = `synthetic market in sixty-fourths, ${BARS} bars by seed ${SEED}, defaults of each kind; all values from row ${SETTLED_ROW} on checked equal within ${TOLERANCE}; ours writes into given columns, TA-Lib's Python interface takes its outputs from numpy's pool, trading-signals keeps only its last; technicalindicators gets plain arrays`;

/** The faster of the npm libraries, and TA-Lib; each after a run whose values were the same as ours. */
async function checkedPeers(each: BatchCase, spec: IndicatorSpec, market: Market, expected: readonly Float64Array[], talib: Talib | undefined): Promise<Peer[]> {
  const npm: (Peer & { readonly ms: number })[] = [];
  const { signals } = each;
  if (signals && agrees(() => checkSignals(signals, market, expected, spec))) {
    const run = (): number => timeSignals(signals, market);
    npm.push({ name: 'trading-signals', run, ms: run() });
  }
  const { indicators } = each;
  if (indicators && agrees(() => checkAligned(indicators.run(market), indicators.read, expected, `technicalindicators ${spec.kind}`))) {
    const time = (): number => timed(() => indicators.run(market));
    npm.push({ name: 'technicalindicators', run: time, ms: time() });
  }
  const best = Math.min(...npm.map(({ ms }) => ms));
  const peers: Peer[] = npm.filter(({ ms }) => ms <= OUT_OF_THE_RACE * best);
  if (each.talib && talib) {
    const values = await talib.values(spec.kind);
    if (agrees(() => values.forEach((column, index) => checkColumn(column, expected[index]!, `TA-Lib ${spec.kind}`)))) peers.push({ name: talib.version, run: () => talib.run(spec.kind) });
  }
  return peers;
}

/** A side whose values are not ours is left out, loudly: a ratio to another computation says nothing. */
function agrees(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    console.error(`*** NOT COMPARED: ${(error as Error).message} ***`);
    return false;
  }
}

function timeSignals({ make, input }: SignalsCase, market: Market): number {
  const indicator = make();
  const inputs = (input === 'close' ? market.close : market.bars) as readonly never[];
  return timed(() => {
    for (let row = 0; row < inputs.length; row++) indicator.update(inputs[row]!, false);
  });
}

function timed(work: () => unknown): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}

function checkSignals({ make, input, read }: SignalsCase, market: Market, expected: readonly Float64Array[], spec: IndicatorSpec): void {
  const indicator = make();
  const inputs = (input === 'close' ? market.close : market.bars) as readonly never[];
  for (let at = 0; at < inputs.length; at++) {
    const result = indicator.update(inputs[at]!, false);
    if (at >= SETTLED_ROW) read(result as never).forEach((value, column) => check(value, expected[column]![at]!, `trading-signals ${spec.kind}`, at));
  }
}

function checkAligned(results: readonly unknown[], read: (result: never) => readonly number[], expected: readonly Float64Array[], name: string): void {
  const shift = BARS - results.length;
  for (let at = SETTLED_ROW; at < BARS; at++) read(results[at - shift] as never).forEach((value, column) => check(value, expected[column]![at]!, name, at));
}

function checkColumn(column: Float64Array, expected: Float64Array, name: string): void {
  for (let at = 0; at < BARS; at++) if (!Number.isNaN(column[at]) || !Number.isNaN(expected[at])) check(column[at]!, expected[at]!, name, at);
}

function check(value: number, expected: number, name: string, at: number): void {
  const error = Math.abs(value - expected) / Math.max(1, Math.abs(expected));
  if (!(error <= TOLERANCE)) throw new Error(`${name} at row ${at} must be ${expected}, was ${value}`);
}

/** Geometric means: against the better npm library of each indicator, and against TA-Lib. */
function meansOf(rows: readonly BenchRow[]): BenchRow[] {
  const against = (name: string, chosen: readonly BenchRow[]): BenchRow[] =>
    chosen.length === 0 ? [] : [row({ name: `geometric mean of ${chosen.length} indicators over 1M bars, ${name}`, peerName: name, unit: 'M bars/s', better: 'higher', runs: RUNS, ours: geometricMean(chosen.map((each) => each.ours)), peer: geometricMean(chosen.map((each) => each.peer)), note: NOTE })];
  const npm = rows.filter(({ peerName }) => !peerName.startsWith('TA-Lib'));
  const kindOf = ({ name }: BenchRow): string => name.split(' ')[0]!;
  const best = npm.filter((each) => npm.every((other) => kindOf(other) !== kindOf(each) || other.ratio >= each.ratio));
  const talib = rows.filter(({ peerName }) => peerName.startsWith('TA-Lib'));
  return [...against('the better npm library', best), ...against(talib[0]?.peerName ?? '', talib)];
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
