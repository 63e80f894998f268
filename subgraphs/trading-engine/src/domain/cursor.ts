// Opaque cursors. Inside: `<kind>:<sequence>.<leg>`, where the kind keeps a cursor of one list from being used in another.

import { ClientError } from '@mib/service/errors';

/** A place among rows ordered by (sequence, leg). */
export interface Place {
  readonly sequence: number;
  readonly leg: number;
}

export type CursorKind = 'order' | 'order-event' | 'fill';

const PATTERN = /^([a-z-]+):(\d{1,16})\.([01])$/;

export function encodeCursor(kind: CursorKind, place: Place): string {
  return Buffer.from(`${kind}:${place.sequence}.${place.leg}`).toString('base64url');
}

/** @throws {ClientError} VALIDATION naming the text, unless it is a cursor of this kind. */
export function decodeCursor(kind: CursorKind, text: string, field: readonly string[]): Place {
  const [, found, sequence, leg] = PATTERN.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  if (found !== kind || !Number.isSafeInteger(Number(sequence))) {
    throw new ClientError('VALIDATION', `${field.at(-1)} must be a cursor of this list, was ${JSON.stringify(text.slice(0, 80))}`, { field });
  }
  return { sequence: Number(sequence), leg: Number(leg) };
}
