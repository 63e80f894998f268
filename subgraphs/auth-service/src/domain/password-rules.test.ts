import { describe, expect, it } from '@jest/globals';
import { checkPassword } from './password-rules.ts';

describe('password', () => {
  it.each([['correct horse battery'], ['ABCDEFGHIJKL'], ['пароль-длинный'], ['🐎🔋📎🐴 correct'], ['a b c d e f g '], ['Ada is a countess']])('takes %j', (password) => {
    expect(() => checkPassword(password, 'ada@example.com')).not.toThrow();
  });

  it('takes 128 characters and refuses 129', () => {
    expect(() => checkPassword('abcdefgh'.repeat(16), 'ada@example.com')).not.toThrow();
    expect(() => checkPassword('abcdefgh'.repeat(16) + 'x', 'ada@example.com')).toThrow('password must have 12..128 characters, had 129');
  });

  it.each([
    ['', 'had 0'],
    ['elevenchars', 'had 11'],
    ['🐎🔋📎🐴🐎🔋', 'had 6'],
    ['aaaaaaaaaaaa', 'at least 5 different characters, had 1'],
    ['abababababab', 'at least 5 different characters, had 2'],
    ['lovelace@example.com', 'must not be made of the email'],
    ['LOVELACElovelace', 'must not be made of the email'],
    ['lovelacelovelace12', 'must not be made of the email'],
  ])('refuses %j: %s, and never repeats it', (password, reason) => {
    const attempt = (): void => checkPassword(password, 'lovelace@example.com');
    expect(attempt).toThrow(reason);
    if (password) expect(attempt).not.toThrow(password);
  });
});
