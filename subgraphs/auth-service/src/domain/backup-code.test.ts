import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { backupCodeHash, newBackupCodes } from './backup-code.ts';

describe('backup codes', () => {
  it('are ten different ones, however they are typed', () => {
    const codes = newBackupCodes(randomBytes);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) {
      expect(code).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
      expect(backupCodeHash(` ${code.toUpperCase().replaceAll('-', ' ')}`)).toEqual(backupCodeHash(code));
    }
  });

  it.each(['', '123456', 'abcd-efgh-ijkl', 'abcd-efgh-ijkl-mno1', 'x'.repeat(10_000)])('cannot be %j', (text) => {
    expect(backupCodeHash(text)).toBeUndefined();
  });
});
