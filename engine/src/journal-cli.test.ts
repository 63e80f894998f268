import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectEngine, type EngineClient } from '@mib/proto/engine-client';
import { startEngine } from '@mib/testkit/engine-process';
import { segmentName } from './journal/journal-format.ts';

const CLI = fileURLToPath(new URL('./journal-cli.js', import.meta.url));
const TEST_MS = 60_000;

describe('the journal\'s command line', () => {
  it('dumps and verifies a running engine\'s journal, cuts it only when the engine is gone and the answer is right', async () => {
    using folder = temporaryFolder();
    let eventsAfterThree: number;
    {
      await using engine = await startEngine({ dataDirectory: folder.path });
      await using client = connectEngine(engine);
      await openAccounts(client, 1000, 3);
      eventsAfterThree = (await client.status()).lastEventSequence;
      await openAccounts(client, 2000, 7);
      const lines = run('dump', folder.path, '--from', '2', '--to', '4').stdout.trim().split('\n');
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([1001, 1002, 2000].map((accountNumber, i) => ({ sequence: 2 + i, time: expect.stringMatching(/^\d{4}-.*\.\d{9}Z$/), kind: 'OpenAccount', accountNumber })));
      expect(JSON.parse(run('verify', folder.path).stdout)).toEqual({ segments: 1, firstSequence: 1, lastSequence: 10, tornBytes: 0, firstEvent: 1, lastEvent: 10, lostEvents: 0 });
      expect(run('truncate', folder.path, '--after', '3', '--yes')).toMatchObject({ status: 1, stderr: `journal: ENGINE_DATA_DIR ${folder.path} is in use by another engine\n` });
    }
    const refused = run('truncate', folder.path, '--after', '3');
    expect(refused).toMatchObject({ status: 1, stdout: expect.stringContaining('commands 4..10 go (7)\njournal-000001.log is written anew\nsnapshot-0000000000000010.snap goes\nevents 4..10 go (7)\n') });
    expect(refused.stderr).toContain('nothing was changed');
    expect(JSON.parse(run('verify', folder.path).stdout)).toMatchObject({ lastSequence: 10 });
    expect(runWith('3\n', 'truncate', folder.path, '--after', '3')).toMatchObject({ status: 0, stdout: expect.stringContaining('the journal ends at 3\n') });
    await using engine = await startEngine({ dataDirectory: folder.path });
    await using client = connectEngine(engine);
    expect(await client.status()).toMatchObject({ lastCommandSequence: 3, lastEventSequence: eventsAfterThree });
    expect((await client.accounts([1002, 2000])).map((one) => one.accountNumber)).toEqual([1002]);
  }, TEST_MS);

  it('names file and byte of damage, and cuts past it', async () => {
    using folder = temporaryFolder();
    {
      await using engine = await startEngine({ dataDirectory: folder.path });
      await using client = connectEngine(engine);
      for (let i = 0; i < 5; i++) await openAccounts(client, 1000 + i, 1);
    }
    const path = join(folder.path, segmentName(1));
    const bytes = readFileSync(path);
    bytes[64 + 3 * 192 + 100]! ^= 1;
    writeFileSync(path, bytes);
    const damage = 'journal-000001.log is damaged at byte 640: the block there is bad, but a good one follows at byte 832';
    expect(run('verify', folder.path)).toMatchObject({ status: 1, stderr: `journal: ${damage}\n` });
    expect(run('dump', folder.path)).toMatchObject({ status: 1, stderr: `journal: ${damage}\n` });
    await expect(startEngine({ dataDirectory: folder.path })).rejects.toThrow(damage);
    expect(run('truncate', folder.path, '--after', '3', '--yes')).toMatchObject({ status: 0, stdout: expect.stringContaining(`whatever lies behind the damage goes: ${damage}\n`) });
    await using engine = await startEngine({ dataDirectory: folder.path });
    await using client = connectEngine(engine);
    expect(await client.status()).toMatchObject({ lastCommandSequence: 3 });
  }, TEST_MS);

  it('says how it is used', () => {
    expect(run()).toMatchObject({ status: 2, stderr: expect.stringMatching(/COMMAND and DATA_DIR are required\nusage: /) });
    expect(run('dump', '/nowhere')).toMatchObject({ status: 1, stderr: 'journal: there is no directory /nowhere\n' });
    expect(run('dump', '.', '--from', 'x')).toMatchObject({ status: 2, stderr: expect.stringMatching(/--from must be a sequence, was x/) });
    expect(run('truncate', '.')).toMatchObject({ status: 2, stderr: expect.stringMatching(/--after is required/) });
  });
});

async function openAccounts(client: EngineClient, first: number, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await client.submit({ kind: 'OpenAccount', accountNumber: first + i });
}

function run(...args: string[]) {
  return runWith('', ...args);
}

function runWith(input: string, ...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { input, encoding: 'utf8' });
  return { status, stdout, stderr };
}

function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'mib-journal-cli-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
