// Opaque cursors of one user's notifications. Inside: `notification:<number>`, counted from 1 for each user; 0 stands
// before the first.

import { ClientError } from '@mib/service/errors';

const PATTERN = /^notification:(\d{1,15})$/;

export function encodeCursor(number: number): string {
  return Buffer.from(`notification:${number}`).toString('base64url');
}

/** @throws {ClientError} VALIDATION naming the text, unless it is a cursor of notifications. */
export function decodeCursor(text: string): number {
  const [, number] = PATTERN.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  if (number === undefined) throw new ClientError('VALIDATION', `after must be a cursor of notifications, was ${JSON.stringify(text.slice(0, 80))}`, { field: ['after'] });
  return Number(number);
}
