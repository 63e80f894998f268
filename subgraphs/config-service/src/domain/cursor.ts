// Opaque cursors of the stream of changes. Inside: `config-change:<sequence>`.

import { ClientError } from '@mib/service/errors';

export function encodeCursor(sequence: bigint): string {
  return Buffer.from(`config-change:${sequence}`).toString('base64url');
}

/** @throws {ClientError} VALIDATION naming the text. */
export function decodeCursor(text: string): bigint {
  const [, sequence] = /^config-change:(\d{1,18})$/.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  if (sequence === undefined) throw new ClientError('VALIDATION', `after must be the cursor of an entry, was ${JSON.stringify(text.slice(0, 80))}`, { field: ['after'] });
  return BigInt(sequence);
}
