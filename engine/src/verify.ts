// node engine/dist/verify.js DATA_DIR: replays a journal from its beginning, where it still has it, and from every good
// snapshot, without changing anything; compares the states they arrive at, and the events with the log; prints what a
// sound engine on it must report: {"lastSequence":...,"lastEventSequence":...,"stateHash":"...",...}. `from` are the
// commands after which a replay began, 0 the beginning. Exits 1 with one line when anything does not fit.

import { stateHash } from './core/state-hash.ts';
import { eventRange } from './event-log/event-log-files.ts';
import { JournalOutOfRangeError } from './journal/segments.ts';
import { replay } from './replay.ts';
import { EventLogCheck } from './snapshot/event-log-check.ts';
import { listSnapshots } from './snapshot/snapshot-files.ts';
import { findStartingPoint, startFrom } from './snapshot/starting-point.ts';
import { nodeStorage } from './storage/node-storage.ts';

interface Verified {
  readonly lastSequence: number;
  readonly lastEventSequence: number;
  readonly stateHash: string;
  readonly tornBytes: number;
}

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  process.stderr.write('usage: node engine/dist/verify.js DATA_DIR\n');
  process.exit(2);
}

try {
  process.stdout.write(`${JSON.stringify(verify(directory))}\n`);
} catch (error) {
  process.stderr.write(`verify: ${(error as Error).message}\n`);
  process.exit(1);
}

function verify(directory: string): Verified & { readonly from: readonly number[] } {
  const newest = findStartingPoint(nodeStorage, directory);
  newest.reader[Symbol.dispose]();
  if (newest.passedOver.length > 0) throw new Error(newest.passedOver.join('; '));
  const from: number[] = [];
  let first: Verified | undefined;
  for (const sequence of [...listSnapshots(nodeStorage, directory), 0]) {
    const verified = verifyFrom(directory, sequence);
    if (!verified) continue;
    from.push(sequence);
    first ??= verified;
    if (verified.stateHash !== first.stateHash) throw new Error(`replayed from command ${sequence} the state has hash ${verified.stateHash}, from command ${from[0]} ${first.stateHash}`);
  }
  return { ...first!, from };
}

/** @returns undefined when the journal does not go back to the beginning any more. */
function verifyFrom(directory: string, sequence: number): Verified | undefined {
  try {
    const start = startFrom(nodeStorage, directory, sequence);
    using reader = start.reader;
    using check = new EventLogCheck(nodeStorage, directory, start.point.lastEventSequence, eventRange(nodeStorage, directory).last);
    const { lastSequence, lastEventSequence } = replay(start, { onEvents: (records) => check.compare(records) });
    return { lastSequence, lastEventSequence, stateHash: stateHash(start.core), tornBytes: reader.end().tornBytes };
  } catch (error) {
    if (sequence === 0 && error instanceof JournalOutOfRangeError) return undefined;
    throw error;
  }
}
