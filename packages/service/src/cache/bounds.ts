// What every cache refuses before it asks its store, so that a value fits all of them or none.

import { ClientError } from '../errors.ts';
import { MAX_KEY_CHARACTERS, MAX_VALUE_BYTES } from './cache.ts';

export function checkKey(key: string): void {
  if (key.length === 0 || key.length > MAX_KEY_CHARACTERS) throw new ClientError('VALIDATION', `cache key must have 1..${MAX_KEY_CHARACTERS} characters, had ${key.length}`);
}

export function checkValue(value: string, ttlMs: number): void {
  const bytes = Buffer.byteLength(value);
  if (bytes > MAX_VALUE_BYTES) throw new ClientError('VALIDATION', `cache value must have at most ${MAX_VALUE_BYTES} bytes, had ${bytes}`);
  if (!(ttlMs > 0)) throw new ClientError('VALIDATION', `ttlMs must be above 0, was ${ttlMs}`);
}
