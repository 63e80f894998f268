// The ring against the LMAX Disruptor (Java, from Debian's libdisruptor-java), against what Node offers by itself, and
// one by one also against the bare atomic store that V8 makes of it. Both sides do equal work and check their sums.

import { compare, type BenchRow } from './harness.ts';
import { compileLmax, LMAX, type LmaxPeer } from './ring-lmax.ts';
import { runBare, runChannel, runPingPong, runRing, SLOTS, type Shape } from './ring-runs.ts';

const RUNS = 9;
const RATE = { unit: 'M events/s', better: 'higher', runs: RUNS } as const;

const ONE_TO_ONE: Shape = { slotBytes: 8, producers: 1, wait: 'spin', consumers: { a: [] }, jobs: { a: 'sum' } };
const ONE_TO_ONE_64: Shape = { ...ONE_TO_ONE, slotBytes: 64, jobs: { a: 'sum eight' } };
const TWO_TO_ONE: Shape = { ...ONE_TO_ONE, producers: 2, wait: 'spin-then-park' };
const PIPELINE: Shape = { slotBytes: 24, producers: 1, wait: 'spin-then-park', consumers: { a: [], b: ['a'], c: ['b'] }, jobs: { a: 'left', b: 'after left', c: 'last' } };
const DIAMOND: Shape = { ...PIPELINE, consumers: { a: [], b: [], c: ['a', 'b'] }, jobs: { a: 'left', b: 'right', c: 'last' } };
const MULTICAST: Shape = { ...PIPELINE, consumers: { a: [], b: [], c: [] }, jobs: { a: 'sum', b: 'sum', c: 'sum' } };

/** Events are about a sixth of a second's worth for the faster side, and there are two passes of them a run. */
const AGAINST_LMAX: readonly { readonly name: string; readonly peer: string; readonly shape: Shape; readonly events: number; readonly batch: number; readonly goal: number | undefined; readonly note: string }[] = [
  { name: 'ring, batch 256', peer: 'unicast8', shape: ONE_TO_ONE, events: 100_000_000, batch: 256, goal: 1.5, note: '8-byte events, both spinning (YieldingWaitStrategy there)' },
  { name: 'ring, batch 16', peer: 'unicast8', shape: ONE_TO_ONE, events: 50_000_000, batch: 16, goal: undefined, note: '8-byte events, both spinning (YieldingWaitStrategy there)' },
  { name: 'ring, 64-byte slots, batch 64', peer: 'unicast64', shape: ONE_TO_ONE_64, events: 30_000_000, batch: 64, goal: 0.9, note: 'eight numbers written and read per event, both spinning (YieldingWaitStrategy there)' },
  { name: 'ring, one by one', peer: 'unicast8', shape: ONE_TO_ONE, events: 15_000_000, batch: 1, goal: 0.3, note: '8-byte events, one claim and one publish each, both spinning (YieldingWaitStrategy there)' },
  { name: 'ring, pipeline of 3', peer: 'pipeline', shape: PIPELINE, events: 15_000_000, batch: 256, goal: 1, note: '4 threads, each stage reads what the one before has written, batches of 256, both may park (BlockingWaitStrategy there)' },
  { name: 'ring, diamond', peer: 'diamond', shape: DIAMOND, events: 15_000_000, batch: 256, goal: 1, note: '4 threads, two side by side and one that reads both, batches of 256, both may park (BlockingWaitStrategy there)' },
  { name: 'ring, multicast to 3', peer: 'multicast', shape: MULTICAST, events: 15_000_000, batch: 256, goal: 1, note: '4 threads, batches of 256, both may park (BlockingWaitStrategy there)' },
  { name: 'ring, two producers', peer: 'twoToOne', shape: TWO_TO_ONE, events: 10_000_000, batch: 64, goal: undefined, note: '3 threads, 8-byte events, batches of 64, both may park (BlockingWaitStrategy there)' },
];
const BARE_EVENTS = 10_000_000;
const PING_PONG_TRIPS = 300_000;
const CHANNEL_EVENTS = 2_000_000;
const CHANNEL_BATCH = 256;

export async function run(): Promise<BenchRow[]> {
  using lmax = compileLmax();
  return await rows(lmax);
}

/** All rows; those against LMAX only where there is one. */
export async function rows(lmax: LmaxPeer | undefined): Promise<BenchRow[]> {
  const measured: BenchRow[] = [];
  if (lmax) {
    for (const row of AGAINST_LMAX) measured.push(await againstLmax(lmax, row));
    measured.push(await pingPong(lmax));
  }
  measured.push(await compare({ ...RATE, name: 'ring, one by one, and V8', peerName: 'bare Atomics.store, Atomics.load', note: 'the ring without the ring: one thread writes a number and stores a cursor, another loads it, nobody waits for room; the last number is checked', ours: () => runRing(ONE_TO_ONE, BARE_EVENTS, 1), peer: () => runBare(BARE_EVENTS) }));
  measured.push(await compare({ ...RATE, runs: 5, name: 'ring and MessageChannel', peerName: 'MessageChannel', note: `batches of ${CHANNEL_BATCH} 8-byte events, moved as one transferred array there, at most 64 under way; sums checked`, ours: () => runRing(ONE_TO_ONE, CHANNEL_EVENTS * 10, CHANNEL_BATCH), peer: () => runChannel(CHANNEL_EVENTS, CHANNEL_BATCH) }));
  return measured;
}

function againstLmax(lmax: LmaxPeer, { name, peer, shape, events, batch, goal, note }: (typeof AGAINST_LMAX)[number]): Promise<BenchRow> {
  return compare({
    ...RATE,
    name,
    peerName: LMAX,
    note: `${goal === undefined ? '' : `goal ${goal}; `}${note}; ${SLOTS} slots, ${events} events, warmed up in the same process, every sum checked`,
    ours: () => runRing(shape, events, batch),
    peer: () => lmax.run(peer, events, batch)[0]!,
  });
}

function pingPong(lmax: LmaxPeer): Promise<BenchRow> {
  return compare({
    name: 'ring, ping-pong p50',
    peerName: LMAX,
    unit: 'ns',
    better: 'lower',
    runs: RUNS,
    note: `goal 1; median round trip over two rings, both spinning (BusySpinWaitStrategy there), ${PING_PONG_TRIPS} trips, every answer checked; the clock's own cost is in both`,
    ours: async () => (await runPingPong(PING_PONG_TRIPS))[0],
    peer: () => lmax.run('pingpong', PING_PONG_TRIPS)[0]!,
  });
}
