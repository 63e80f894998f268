import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@mib/testkit/random';
import { COMMAND, COMMAND_KIND } from '@mib/proto/layout-command';
import { RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS, recordViews } from '@mib/proto/layout-record';
import { JOURNAL_START, readJournal } from '../journal/journal-reader.ts';
import { allocateLatency } from '../latency/stages.ts';
import { allocateRing } from '../ring/allocate-ring.ts';
import { haltRing } from '../ring/halt-ring.ts';
import { Producer } from '../ring/producer.ts';
import { MemoryStorage } from '../storage/memory-storage.ts';
import { DIRECTORY } from '../testing/journal-harness.ts';
import { JournalLoop } from './journal-loop.ts';
import type { InputRing } from './topology.ts';

const SLOTS = 16;
/** The batch goes over the ring's end, and its sequences from the highest number to the lowest. */
const FIRST_SEQUENCE = 2 ** 31 - 5;

describe('the journal\'s thread', () => {
  it('journals the commands between queries in order, each whole and numbered', () => {
    for (const queries of [[], [0], [0, 1, 6], [4, 5], [11], [5, 11], [3, 8, 9, 10]]) {
      const kinds = Array.from({ length: 12 }, (_, i) => (queries.includes(i) ? COMMAND_KIND.QUERY : COMMAND_KIND.CANCEL_ORDER));
      const wanted = kinds.flatMap((kind, i) => (kind === COMMAND_KIND.QUERY ? [] : [i]));
      expect(journalled(kinds)).toEqual(wanted.map((i, at) => ({ sequence: at + 1, account: 1_000 + i, last: i })));
    }
  });
});

/** Passes commands of these kinds through the loop. @returns what the journal has of them. */
function journalled(kinds: readonly number[]): { sequence: number; account: number; last: number }[] {
  const input: InputRing = allocateRing({ slotCount: SLOTS, slotBytes: RECORD_BYTES, consumers: { journal: [], core: ['journal'] }, firstSequence: FIRST_SEQUENCE });
  const { words } = recordViews(input.slots);
  const producer = new Producer(input);
  const first = (producer.claim(kinds.length) - kinds.length + 1) | 0;
  kinds.forEach((kind, i) => {
    const word = ((first + i) & (SLOTS - 1)) * RECORD_WORDS;
    words[word + COMMAND.KIND] = kind;
    words[word + COMMAND.ACCOUNT] = 1_000 + i;
    words[word + RECORD_WORDS - 1] = i;
  });
  producer.publish();
  haltRing(input);
  const disk = new MemoryStorage({ random: seededRandom(1) });
  const onFailure = (failure: unknown): never => {
    throw new Error('the disk is whole', { cause: failure });
  };
  new JournalLoop(disk, { directory: DIRECTORY, input, latency: allocateLatency(SLOTS, SLOTS), end: JOURNAL_START, lastTimestampNs: 0n }, { onFailure }).run();
  const found: { sequence: number; account: number; last: number }[] = [];
  readJournal(disk, DIRECTORY, (views, from, count) => {
    for (let i = from; i < from + count; i++) {
      const word = i * RECORD_WORDS;
      found.push({ sequence: views.numbers[i * RECORD_NUMBERS + COMMAND.SEQUENCE_NUMBER]!, account: views.words[word + COMMAND.ACCOUNT]!, last: views.words[word + RECORD_WORDS - 1]! });
    }
  });
  return found;
}
