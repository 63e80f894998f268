// Matching against the books of others: the same streams of orders, and trades that must agree in number, lots and a
// checksum over the makers in order. Our side twice: book and matching alone, as the peers are, and the whole core.

import { compare, median, type BenchRow } from '../harness.ts';
import { encodeMix, runCore, type Measured } from './core-book.ts';
import { openDirectBook } from './exchange-core.ts';
import { runMatching } from './matching-alone.ts';
import { NPM_BOOKS, runNpmBook } from './npm-books.ts';
import { makeOrderMix, MIXES, type Mix, type OrderMix } from './order-mix.ts';

const RUNS = 5;
/** Ours takes milliseconds where a peer takes seconds: the median of so many whole passes is one run. */
const PASSES = 3;
/** What ours gets before it counts, as a peer has it after its first seconds-long run: V8 needs some hundred milliseconds to optimize. */
const WARM_UP_MS = 2_000;
/** Timed steps by resting orders: as many as the slowest peer does in a few seconds. */
const STEPS: readonly (readonly [resting: number, count: number])[] = [
  [1_000, 200_000],
  [10_000, 100_000],
  [100_000, 50_000],
];

const ALONE = 'ours: the core\'s book and matching with positions, locked cash and Trade records, without risk gate, client order ids, results and the other events; peers have none of these';
const WHOLE = 'ours: Core.apply as in the engine: client order ids, risk gate, positions, locked cash, all event and result records';

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  using direct = openDirectBook();
  for (const [resting, count] of STEPS) {
    for (const mix of MIXES) {
      const stream = makeOrderMix(mix, resting, count);
      rows.push(...(await measure(mix, resting, stream, direct && ((steps) => direct.run(steps)))));
    }
  }
  return rows;
}

async function measure(mix: Mix, resting: number, stream: OrderMix, direct: ((stream: OrderMix) => Measured) | undefined): Promise<BenchRow[]> {
  const records = encodeMix(stream);
  const expected = runCore(records, stream).tally;
  const checked = ({ rate, tally }: Measured): number => {
    if (JSON.stringify(tally) !== JSON.stringify(expected)) throw new Error(`${mix} ${resting}: ${JSON.stringify(tally)}, expected ${JSON.stringify(expected)}`);
    return rate;
  };
  const base = { unit: 'M commands/s', better: 'higher', runs: RUNS } as const;
  const note = (ours: string): string => `${stream.count} timed steps after ${stream.fillCount} that fill the book; ${expected.trades} trades, equal count, lots and checksum; commands prepared beforehand; a run of ours is the median of ${PASSES} passes, after ${WARM_UP_MS / 1_000} s of warm-up; ${ours}`;
  const passes = (pass: () => Measured): number => median(Array.from({ length: PASSES }, () => checked(pass())));
  const alone = (): number => passes(() => runMatching(records, stream));
  const whole = (): number => passes(() => runCore(records, stream));
  for (const pass of [alone, whole]) warmUp(pass);
  const rows: BenchRow[] = [];
  for (const { name, open } of NPM_BOOKS) {
    rows.push(await compare({ ...base, name: `matching ${mix} ${resting} ${name}`, peerName: name, note: note(ALONE), ours: alone, peer: () => checked(runNpmBook(open(), stream)) }));
  }
  const [npm] = NPM_BOOKS;
  rows.push(await compare({ ...base, name: `whole core ${mix} ${resting} ${npm!.name}`, peerName: npm!.name, note: note(WHOLE), ours: whole, peer: () => checked(runNpmBook(npm!.open(), stream)) }));
  if (direct) {
    rows.push(await compare({ ...base, name: `matching ${mix} ${resting} exchange-core`, peerName: 'exchange-core 0.5.3, Direct book, Java', note: `${note(ALONE)}; the peer is warmed up by four passes in the same process`, ours: alone, peer: () => checked(direct(stream)) }));
  }
  return rows;
}

function warmUp(pass: () => number): void {
  for (const startedMs = performance.now(); performance.now() - startedMs < WARM_UP_MS; ) pass();
}
