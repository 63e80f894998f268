import { beforeAll, describe, expect, it } from '@jest/globals';
import { verify } from '@node-rs/argon2';
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

  it('of an unknown user are verified at the same cost as those of a known one', async () => {
    const verified: string[] = [];
    const watched = await createPasswords(async (hash, password) => {
      verified.push(String(hash));
      return verify(hash, password);
    });
    expect(await watched.verify(stored, 'wrong horse battery')).toBe(false);
    expect(await watched.verify(undefined, 'wrong horse battery')).toBe(false);
    const [known, unknown] = verified.map((hash) => hash.split('$').slice(0, 4).join('$'));
    expect(unknown).toBe(known);
    expect(verified[1]).not.toBe(verified[0]);
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
