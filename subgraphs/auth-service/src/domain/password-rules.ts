// What a password must be: long, not composed by rules (NIST SP 800-63B §5.1.1.2). It is hashed exactly as typed:
// nothing is trimmed, cut or folded, so the messages name lengths and never the password itself.

import { ClientError } from '@mib/service/errors';

export const MIN_PASSWORD_CHARACTERS = 12;
/** Bounds the work of one hash; longer ones are refused, never cut. */
export const MAX_PASSWORD_CHARACTERS = 128;
/** `aaaaaaaaaaaa` is long and worthless. */
const MIN_DISTINCT_CHARACTERS = 5;
/** A fragment of the email shorter than this says nothing. */
const MIN_NAME_CHARACTERS = 4;

/** @throws {ClientError} VALIDATION at input field `password`. */
export function checkPassword(password: string, email: string): void {
  const characters = [...password];
  if (characters.length < MIN_PASSWORD_CHARACTERS || characters.length > MAX_PASSWORD_CHARACTERS) {
    refuse(`password must have ${MIN_PASSWORD_CHARACTERS}..${MAX_PASSWORD_CHARACTERS} characters, had ${characters.length}`);
  }
  const distinct = new Set(characters).size;
  if (distinct < MIN_DISTINCT_CHARACTERS) refuse(`password must have at least ${MIN_DISTINCT_CHARACTERS} different characters, had ${distinct}`);
  const folded = password.toLowerCase();
  const local = email.slice(0, email.indexOf('@'));
  if (folded === email || (local.length >= MIN_NAME_CHARACTERS && folded.split(local).join('').length < MIN_NAME_CHARACTERS)) {
    refuse('password must not be made of the email address');
  }
}

/** What no registered password can be needs no hash; the door refuses it before any work. */
export function isPossiblePassword(password: string): boolean {
  return [...password].length <= MAX_PASSWORD_CHARACTERS;
}

function refuse(message: string): never {
  throw new ClientError('VALIDATION', message, { field: ['password'] });
}
