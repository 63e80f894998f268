// An email address as this service stores and compares it. Addresses that differ only in case or Unicode form belong
// to one person here, so two accounts can never share a mailbox by accident.

import { InvalidValueError } from '@mib/model/invalid-value';
import { ClientError } from '@mib/service/errors';

/** RFC 5321 §4.5.3.1: a path has at most 256 octets, two of them the angle brackets. */
export const MAX_EMAIL_CHARACTERS = 254;
const MAX_LOCAL_CHARACTERS = 64;

// Deliberately narrower than RFC 5322: no quoted local parts, no address literals, and the domain needs a dot.
const LOCAL = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;

/**
 * Trims, composes (NFC) and lower-cases an address.
 *
 * @throws {ClientError} VALIDATION for what is not an address of the form local@domain.tld.
 */
export function normaliseEmail(text: string): string {
  const email = text.trim().normalize('NFC').toLowerCase();
  const at = email.lastIndexOf('@');
  const local = email.slice(0, Math.max(at, 0));
  const labels = email.slice(at + 1).split('.');
  const valid =
    email.length <= MAX_EMAIL_CHARACTERS && at > 0 && local.length <= MAX_LOCAL_CHARACTERS && LOCAL.test(local) && labels.length >= 2 && labels.every((label) => LABEL.test(label));
  if (valid) return email;
  const cause = new InvalidValueError(`email must be an address such as ada@example.com of at most ${MAX_EMAIL_CHARACTERS} characters`, text);
  throw new ClientError('VALIDATION', cause.message, { field: ['email'], cause });
}
