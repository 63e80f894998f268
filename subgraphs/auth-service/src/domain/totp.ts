// Time-based one-time passwords, RFC 6238: HMAC-SHA-1, six digits, steps of 30 seconds, the parameters that every
// authenticator app understands. A code is good in its own step and in the one before and after, for clocks differ.

import { Secret, TOTP } from 'otpauth';

export const STEP_SECONDS = 30;
const ISSUER = 'Market Intel Brain';
const ALGORITHM = 'SHA1';
const DIGITS = 6;
/** RFC 4226 §4 asks for at least 16 and recommends 20. */
const SECRET_BYTES = 20;
const WINDOW_STEPS = 1;

/** Base32. */
export function newTotpSecret(random: (bytes: number) => Buffer): string {
  return new Secret({ buffer: new Uint8Array(random(SECRET_BYTES)).buffer }).base32;
}

/** The link behind an authenticator's QR code. */
export function totpUrl(secret: string, email: string): string {
  return totp(secret, DIGITS, email).toString();
}

export function totpCode(secret: string, timeMs: number, digits = DIGITS): string {
  return totp(secret, digits).generate({ timestamp: timeMs });
}

/** The time step whose code this is; undefined when it is none of those that count now. */
export function totpStep(secret: string, code: string, nowMs: number): number | undefined {
  if (!isTotpCode(code)) return undefined;
  const delta = totp(secret, DIGITS).validate({ token: code, timestamp: nowMs, window: WINDOW_STEPS });
  return delta === null ? undefined : Math.floor(nowMs / 1000 / STEP_SECONDS) + delta;
}

export function isTotpCode(code: string): boolean {
  return /^\d{6}$/.test(code);
}

function totp(secret: string, digits: number, label = ''): TOTP {
  return new TOTP({ issuer: ISSUER, label, algorithm: ALGORITHM, digits, period: STEP_SECONDS, secret: Secret.fromBase32(secret) });
}
