// Names that people give: to themselves and to their keys.

import { ClientError } from '@mib/service/errors';

export const MAX_LABEL_CHARACTERS = 80;
/** Control and format characters (bidirectional overrides among them) could forge what an operator reads. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** @throws {ClientError} VALIDATION at `field`. */
export function parseLabel(text: string, field: string): string {
  const label = text.trim().normalize('NFC');
  const count = [...label].length;
  if (count < 1 || count > MAX_LABEL_CHARACTERS) throw new ClientError('VALIDATION', `${field} must have 1..${MAX_LABEL_CHARACTERS} characters, had ${count}`, { field: [field] });
  if (INVISIBLE.test(label)) throw new ClientError('VALIDATION', `${field} must not contain control characters`, { field: [field] });
  return label;
}
