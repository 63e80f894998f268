// The shared memory of one ring, and nothing else: slots, and for each party one sequence and one parked flag, each on
// a line of its own so that two threads never write the same cache line. Sequences are Int32 and wrap; all comparing is
// by distance, (a - b) | 0, so any start works and 2^31 is no event.
//
//   control (Int32):  line 0 halted | line 1 + 2p sequence of party p | line 2 + 2p parked flag of party p
//   slots:            slot of sequence s lies at (s & (slots - 1)) * slotBytes

/** Two neighbouring 64-byte lines: adjacent-line prefetch pulls both. */
const LINE_WORDS = 32;
const HALTED_INDEX = 0;

/** Can be posted to a worker as it is. */
export interface RingMemory {
  readonly control: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
  readonly slotCount: number;
  readonly slotBytes: number;
  readonly parties: number;
}

export class RingHaltedError extends Error {
  override readonly name = 'RingHaltedError';
  constructor() {
    super('the ring has been halted');
  }
}

/**
 * @param options.slotCount - a power of two.
 * @param options.slotBytes - a multiple of 8.
 * @param options.parties - producer and consumers; party 0 is the producer.
 * @param options.firstSequence - sequence of the first slot ever claimed.
 */
export function allocateRing(options: { slotCount: number; slotBytes: number; parties: number; firstSequence?: number }): RingMemory {
  const { slotCount, slotBytes, parties, firstSequence = 0 } = options;
  if (slotCount < 1 || (slotCount & (slotCount - 1)) !== 0) throw new RangeError(`slotCount must be a power of two, was ${slotCount}`);
  if (slotBytes < 8 || slotBytes % 8 !== 0) throw new RangeError(`slotBytes must be a multiple of 8, was ${slotBytes}`);
  const control = new SharedArrayBuffer((1 + 2 * parties) * LINE_WORDS * 4);
  const words = new Int32Array(control);
  for (let party = 0; party < parties; party++) words[sequenceIndex(party)] = (firstSequence - 1) | 0;
  return { control, slots: new SharedArrayBuffer(slotCount * slotBytes), slotCount, slotBytes, parties };
}

export function sequenceIndex(party: number): number {
  return (1 + 2 * party) * LINE_WORDS;
}

export function parkedIndex(party: number): number {
  return (2 + 2 * party) * LINE_WORDS;
}

/** Ends every wait on the ring, now and later: waiting parties throw RingHaltedError. Cannot be undone. */
export function haltRing(memory: RingMemory): void {
  const words = new Int32Array(memory.control);
  Atomics.store(words, HALTED_INDEX, 1);
  for (let party = 0; party < memory.parties; party++) {
    Atomics.store(words, parkedIndex(party), 0);
    Atomics.notify(words, parkedIndex(party));
  }
}

export function isHalted(words: Int32Array): boolean {
  return Atomics.load(words, HALTED_INDEX) !== 0;
}
