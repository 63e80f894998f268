// Limits on what costs a hash or guesses a password. They are taken before any work, and take the same for users that
// exist and users that do not.

import { createHash } from 'node:crypto';
import { ClientError } from '@mib/service/errors';
import { CODES_PER_USER, LOGIN_PER_EMAIL, LOGIN_PER_IP, REGISTER_PER_IP } from '../domain/lifetimes.ts';
import type { AuthServices, ClientOrigin } from '../services.ts';

interface Limit {
  readonly limit: number;
  readonly windowMs: number;
}

/** @throws {ClientError} RATE_LIMITED saying when to come back. */
export async function limitLogin(services: AuthServices, email: string, origin: ClientOrigin): Promise<void> {
  if (isFarAway(origin)) await take(services, `auth/login/ip/${digest(origin.ip)}`, LOGIN_PER_IP);
  await take(services, `auth/login/email/${digest(email)}`, LOGIN_PER_EMAIL);
}

/** @throws {ClientError} RATE_LIMITED saying when to come back. */
export async function limitRegistration(services: AuthServices, origin: ClientOrigin): Promise<void> {
  if (isFarAway(origin)) await take(services, `auth/register/ip/${digest(origin.ip)}`, REGISTER_PER_IP);
}

/** @throws {ClientError} RATE_LIMITED saying when to come back. */
export async function limitCodes(services: AuthServices, userId: string): Promise<void> {
  await take(services, `auth/codes/${userId}`, CODES_PER_USER);
}

async function take({ cache, telemetry }: AuthServices, key: string, limit: Limit): Promise<void> {
  const { allowed, resetMs } = await cache.takeRateLimit(key, limit);
  if (allowed) return;
  telemetry.loginRefused('rate');
  throw new ClientError('RATE_LIMITED', `too many attempts; try again in ${Math.ceil(resetMs / 1000)} s`);
}

/** Behind the loopback address is the machine's owner or a proxy for everybody: neither is limited as one client. */
function isFarAway(origin: ClientOrigin): origin is ClientOrigin & { readonly ip: string } {
  return origin.ip !== null && origin.ip !== '::1' && !origin.ip.startsWith('127.');
}

/** Keys have a bounded length and end up in logs; an address has neither reason nor right to be there. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
