// The text form of an API key: mib_<prefix>_<secret>. The prefix is public and finds the row, the secret is 256 random
// bits, so a plain SHA-256 keeps it: there is no dictionary to slow down, and a slow hash on every request would cost.

import { createHash, timingSafeEqual } from 'node:crypto';

export interface ApiKeyText {
  readonly prefix: string;
  readonly secret: string;
}

const PREFIX_BYTES = 6;
const SECRET_BYTES = 32;
const PATTERN = /^mib_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** @param random - `bytes => that many unpredictable bytes`. */
export function generateApiKey(random: (bytes: number) => Buffer): ApiKeyText {
  return { prefix: random(PREFIX_BYTES).toString('hex'), secret: random(SECRET_BYTES).toString('base64url') };
}

export function formatApiKey({ prefix, secret }: ApiKeyText): string {
  return `mib_${prefix}_${secret}`;
}

/** Undefined for what cannot be a key; nothing about a stranger's text is worth an error. */
export function parseApiKey(text: string): ApiKeyText | undefined {
  const match = PATTERN.exec(text);
  return match ? { prefix: match[1]!, secret: match[2]! } : undefined;
}

export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

export function secretMatches(secret: string, hash: Uint8Array): boolean {
  return hash.length === 32 && timingSafeEqual(hashSecret(secret), hash);
}
