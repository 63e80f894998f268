// Opaque cursors of the version lists: `<kind>:<version>`, where the kind keeps a cursor of one list out of another.

import { ClientError } from '@mib/service/errors';

export type CursorKind = 'limits' | 'trading-state';

const PATTERN = /^([a-z-]+):(\d{1,9})$/;

export function encodeCursor(kind: CursorKind, version: number): string {
  return Buffer.from(`${kind}:${version}`).toString('base64url');
}

/** @throws {ClientError} VALIDATION naming the text, unless it is a cursor of this kind. */
export function decodeCursor(kind: CursorKind, text: string): number {
  const [, found, version] = PATTERN.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  if (found === kind) return Number(version);
  throw new ClientError('VALIDATION', `after must be a cursor of this list, was ${JSON.stringify(text.slice(0, 80))}`, { field: ['after'] });
}
