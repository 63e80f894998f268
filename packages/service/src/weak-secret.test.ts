import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { weaknessOf } from './weak-secret.ts';

describe('a weak secret', () => {
  it.each([
    ['a default', 'changeme-changeme-changeme-changeme', 'must not be an example or a default'],
    ['a documented example', 'My-Super-SECRET-of-32-characters!', 'must not be an example or a default'],
    ['a row of one letter', 'a'.repeat(40), 'must have at least 9 different characters'],
    ['a pattern', 'k3yB0ardzQ'.repeat(4), 'must not repeat a pattern'],
    ['a generated one, hexadecimal', randomBytes(32).toString('hex'), undefined],
    ['a generated one, base64', randomBytes(32).toString('base64url'), undefined],
  ])('%s', (_title, secret, weakness) => {
    expect(weaknessOf(secret)).toBe(weakness);
  });
});
