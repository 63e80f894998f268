import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { propertyRuns } from '@mib/testkit/property-runs';
import { seededRandom } from '@mib/testkit/random';
import { EVENT } from '@mib/proto/layout-event';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import { eventRange, syncEvents } from '../event-log/event-log-files.ts';
import { EventLogWriter } from '../event-log/event-log-writer.ts';
import { MemoryStorage } from '../storage/memory-storage.ts';
import { DIRECTORY, numbers, readAll, writeBlocks, writeFile } from '../testing/journal-harness.ts';
import { applyCut, planCut } from './cut.ts';
import { JOURNAL_START } from './journal-reader.ts';
import { retainFrom } from './retention.ts';

const SIZES = [3, 30, 1, 40, 20, 50, 6];
const SEEDS = propertyRuns(60);
const LAST = 150;
/** Each command of this journal has two events. */
const EVENTS = 2 * LAST;

describe('a cut', () => {
  it('leaves exactly the commands and events up to it, wherever it is, and the journal goes on', () => {
    for (let after = 0; after <= LAST; after++) {
      const disk = newDisk(after);
      applyCut(disk, DIRECTORY, planCut(disk, DIRECTORY, after));
      expect(readAll(disk)).toMatchObject({ values: numbers(1, after), end: { tornBytes: 0 } });
      expect(eventRange(disk, DIRECTORY).last).toBe(2 * after);
      writeBlocks(disk, readAll(disk).end, [45, 3]);
      expect(readAll(disk).values).toEqual(numbers(1, after + 48));
    }
  });

  it('can be finished when a crash interrupted it anywhere; until then nothing before it is lost', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = seededRandom(seed);
      const disk = newDisk(seed);
      const after = Math.floor(random() * LAST);
      let operations = Math.floor(random() * 25);
      disk.fault = () => (operations-- === 0 ? 'crash' : undefined);
      attemptTo(() => applyCut(disk, DIRECTORY, planCut(disk, DIRECTORY, after)));
      disk.fault = () => undefined;
      disk.crash();
      expect(readAll(disk).values.slice(0, after)).toEqual(numbers(1, after));
      const again = planCut(disk, DIRECTORY, after);
      if (!again.isEmpty) applyCut(disk, DIRECTORY, again);
      expect(readAll(disk).values).toEqual(numbers(1, after));
      expect(eventRange(disk, DIRECTORY).last).toBeLessThanOrEqual(2 * after);
    }
  });

  it('refuses what the journal does not hold, and to leave a journal that nothing can start from', () => {
    const disk = newDisk(1);
    expect(() => planCut(disk, DIRECTORY, LAST + 1)).toThrow(`the journal ends at ${LAST}, before ${LAST + 1}`);
    expect(planCut(disk, DIRECTORY, LAST).isEmpty).toBe(true);
    retainFrom(disk, DIRECTORY, 100);
    expect(() => planCut(disk, DIRECTORY, 10)).toThrow(/command 10 is not in the journal any more/);
    expect(() => planCut(disk, DIRECTORY, 120)).toThrow(/^the journal begins at \d+ and no snapshot from \d+ to 120 would be left to recover from$/);
    writeFile(disk, join(DIRECTORY, 'snapshot-0000000000000110.snap'), new Uint8Array(0));
    expect(planCut(disk, DIRECTORY, 120)).toMatchObject({ snapshots: [] });
    expect(() => planCut(disk, DIRECTORY, 105)).toThrow(/no snapshot/);
  });
});

function newDisk(seed: number): MemoryStorage {
  const disk = new MemoryStorage({ random: seededRandom(seed) });
  writeBlocks(disk, JOURNAL_START, SIZES);
  using log = new EventLogWriter(disk, DIRECTORY);
  const events = Buffer.alloc(EVENTS * RECORD_BYTES);
  for (let i = 0; i < EVENTS; i++) {
    events.writeDoubleLE(i + 1, i * RECORD_BYTES + 8 * EVENT.SEQUENCE_NUMBER);
    events.writeDoubleLE(1 + (i >> 1), i * RECORD_BYTES + 8 * EVENT.COMMAND_NUMBER);
  }
  log.finishRecovery();
  log.append(events);
  syncEvents(disk, DIRECTORY, 1, EVENTS);
  return disk;
}

function attemptTo(run: () => void): void {
  try {
    run();
  } catch {
    // The crash that was asked for.
  }
}
