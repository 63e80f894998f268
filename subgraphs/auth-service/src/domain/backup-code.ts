// Backup codes: ten texts of 80 random bits, written xxxx-xxxx-xxxx-xxxx, for the day the authenticator is lost. There is
// no dictionary of them, so a plain SHA-256 keeps them.

import { createHash } from 'node:crypto';
import { Secret } from 'otpauth';

export const BACKUP_CODES = 10;
const CODE_BYTES = 10;
const PATTERN = /^[A-Z2-7]{16}$/;

export function newBackupCodes(random: (bytes: number) => Buffer): string[] {
  return Array.from({ length: BACKUP_CODES }, () => new Secret({ buffer: new Uint8Array(random(CODE_BYTES)).buffer }).base32.toLowerCase().replace(/(.{4})(?=.)/g, '$1-'));
}

/** What to look a code up by, however it was typed; undefined for a text that cannot be one. */
export function backupCodeHash(text: string): Buffer | undefined {
  const code = text.replace(/[\s-]/g, '').toUpperCase();
  return PATTERN.test(code) ? createHash('sha256').update(code).digest() : undefined;
}
