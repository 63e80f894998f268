import { beforeAll, describe, expect, it } from '@jest/globals';
import { createPasswords, type Passwords } from './passwords.ts';

describe('password hashes', () => {
  let passwords: Passwords;
  let stored: string;

  beforeAll(async () => {
    passwords = await createPasswords();
    stored = await passwords.hash('correct horse battery');
  });

  it('are argon2id with the named parameters and a salt of their own', async () => {
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.hash('correct horse battery')).not.toBe(stored);
  });

  it.each([
    ['correct horse battery', true],
    ['correct horse battery ', false],
    ['Correct horse battery', false],
    ['', false],
  ])('%j verifies: %s', async (password, matches) => {
    expect(await passwords.verify(stored, password)).toBe(matches);
  });

  it('of an unknown user cost as much as those of a known one', async () => {
    const known = await cpuMicros(() => passwords.verify(stored, 'wrong horse battery'));
    const unknown = await cpuMicros(() => passwords.verify(undefined, 'wrong horse battery'));
    expect(await passwords.verify(undefined, 'wrong horse battery')).toBe(false);
    // CPU time, not the clock: a busy machine cannot disturb it much. No dummy would be a hundred times less.
    expect(unknown / known).toBeGreaterThan(0.3);
    expect(unknown / known).toBeLessThan(3);
  });

  it('queue when many come at once, and all get their answer', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => passwords.verify(stored, i % 2 ? 'correct horse battery' : 'wrong')));
    expect(answers.filter(Boolean)).toHaveLength(10);
  });

  it('refuse a flood with UNAVAILABLE instead of queueing without end', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 210 }, () => passwords.verify(undefined, 'wrong')));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ reason: { code: 'UNAVAILABLE' } });
  });
});

/** Median of the process's CPU time over several runs. */
async function cpuMicros(work: () => Promise<unknown>): Promise<number> {
  const runs: number[] = [];
  for (let i = 0; i < 7; i++) {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    runs.push(user + system);
  }
  return runs.sort((a, b) => a - b)[3]!;
}
