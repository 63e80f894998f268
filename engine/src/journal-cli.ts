// node engine/dist/journal-cli.js: looks into a journal, checks it, or cuts its end off.

import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { lockDirectory } from './directory-lock.ts';
import { applyCut, describeCut, planCut } from './journal/cut.ts';
import { dumpJournal } from './journal/dump.ts';
import { verifyJournal } from './journal/verify-journal.ts';
import { nodeStorage } from './storage/node-storage.ts';

const USAGE = `usage: node engine/dist/journal-cli.js COMMAND DATA_DIR [OPTIONS]
  dump [--from N] [--to N] [--follow]   one JSON line a command; --follow waits for more, also while an engine writes
                                        (the last block shown may then not be durable yet)
  verify                                checks every byte of journal and event log, names file and byte of damage
  truncate --after N [--yes]            cuts off every command after N with its events and snapshots, for good;
                                        refuses while an engine runs on the directory
`;

class UsageError extends Error {}

try {
  await run();
} catch (error) {
  process.stderr.write(error instanceof UsageError ? `journal: ${error.message}\n${USAGE}` : `journal: ${(error as Error).message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function run(): Promise<void> {
  const { values, positionals } = parse();
  const [command, directory, ...rest] = positionals;
  if (directory === undefined || rest.length > 0) throw new UsageError('COMMAND and DATA_DIR are required');
  if (!existsSync(directory)) throw new Error(`there is no directory ${directory}`);
  switch (command) {
    case 'dump':
      return dumpJournal(nodeStorage, directory, { from: sequence('from', values.from), to: sequence('to', values.to), follow: values.follow, write });
    case 'verify':
      return write(`${JSON.stringify(verifyJournal(nodeStorage, directory))}\n`);
    case 'truncate':
      return truncate(directory, sequence('after', values.after), values.yes);
    default:
      throw new UsageError(`${command} is no command`);
  }
}

async function truncate(directory: string, after: number | undefined, yes: boolean): Promise<void> {
  if (after === undefined) throw new UsageError('--after is required');
  await using _lock = await lockDirectory(directory);
  const cut = planCut(nodeStorage, directory, after);
  await write(describeCut(cut));
  if (cut.isEmpty) return;
  if (!yes && !(await confirm(after))) throw new Error('nothing was changed');
  applyCut(nodeStorage, directory, cut);
  await write(`the journal ends at ${after}\n`);
}

async function confirm(after: number): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  const answer = await Promise.race([lines.question(`this cannot be undone; type ${after} to go on: `), closed]);
  lines.close();
  return answer.trim() === String(after);
}

/** Waits while the reader of the output is behind. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}

function parse() {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean', default: false } as const;
    return parseArgs({ allowPositionals: true, options: { from: text, to: text, after: text, follow: flag, yes: flag } });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function sequence(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text === '' || !Number.isSafeInteger(value) || value < 0) throw new UsageError(`--${name} must be a sequence, was ${text}`);
  return value;
}
