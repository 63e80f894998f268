// node engine/dist/verify.js DATA_DIR: replays a journal without changing anything and prints what a sound engine on it
// must report: {"lastSequence":...,"lastEventSequence":...,"stateHash":"..."}. Exits 1 with one line on a damaged one.

import { Core } from './core/core.ts';
import { stateHash } from './core/state-hash.ts';
import { replayJournal } from './replay.ts';
import { nodeStorage } from './storage/node-storage.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  process.stderr.write('usage: node engine/dist/verify.js DATA_DIR\n');
  process.exit(2);
}

try {
  const core = new Core();
  const { end } = replayJournal(nodeStorage, directory, core, () => undefined);
  const { lastEventSequence } = core.state;
  process.stdout.write(`${JSON.stringify({ lastSequence: end.lastSequence, lastEventSequence, stateHash: stateHash(core.state), tornBytes: end.tornBytes })}\n`);
} catch (error) {
  process.stderr.write(`verify: ${(error as Error).message}\n`);
  process.exit(1);
}
