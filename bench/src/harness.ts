// One way to measure: ours and the peer in turn, several runs each, medians, and a ratio in which more is always better
// for us. A lone absolute number says nothing on a noisy machine, so every row has a peer from the same run.

export interface BenchRow {
  readonly name: string;
  readonly peerName: string;
  /** Unit of `ours` and `peer`, for example `M events/s` or `ms`. */
  readonly unit: string;
  readonly ours: number;
  readonly peer: number;
  /** Above 1 always means that ours is better, whichever direction the unit has. */
  readonly ratio: number;
  readonly runs: number;
  /** Conditions, what was checked and what is not counted. */
  readonly note: string;
}

export interface Comparison {
  readonly name: string;
  readonly peerName: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly runs: number;
  readonly note: string;
  /** One measured run, in `unit`; throws when its result is wrong. */
  readonly ours: () => Promise<number> | number;
  readonly peer: () => Promise<number> | number;
}

/** Runs both sides alternately after one uncounted warm-up of each, takes medians, and says at once what came out. */
export async function compare(comparison: Comparison): Promise<BenchRow> {
  await comparison.ours();
  await comparison.peer();
  const ours: number[] = [];
  const peer: number[] = [];
  for (let run = 0; run < comparison.runs; run++) {
    ours.push(await comparison.ours());
    peer.push(await comparison.peer());
  }
  const { name, peerName, unit, runs, note } = comparison;
  const measured = row({ name, peerName, unit, runs, note, ours: median(ours), peer: median(peer), better: comparison.better });
  console.error(`${name}: ratio ${measured.ratio.toPrecision(3)} to ${peerName}`);
  return measured;
}

export function row(measured: Omit<BenchRow, 'ratio'> & { readonly better: 'higher' | 'lower' }): BenchRow {
  const { better, ...rest } = measured;
  return { ...rest, ratio: better === 'higher' ? rest.ours / rest.peer : rest.peer / rest.ours };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
