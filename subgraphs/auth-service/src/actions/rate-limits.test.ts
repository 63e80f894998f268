import { describe, expect, it } from '@jest/globals';
import { createMemoryCache } from '@mib/service/cache/memory-cache';
import { LOGIN_PER_EMAIL, LOGIN_PER_IP, REGISTER_PER_IP } from '../domain/lifetimes.ts';
import type { AuthServices } from '../services.ts';
import { limitLogin, limitRegistration } from './rate-limits.ts';

const from = (ip: string | null) => ({ ip, userAgent: null });

describe('rate limits', () => {
  it.each<[string, number, number, (services: AuthServices, attempt: number) => Promise<void>]>([
    ['sign-ins of one email from many addresses', LOGIN_PER_EMAIL.limit, LOGIN_PER_EMAIL.windowMs, (services, i) => limitLogin(services, 'ada@example.com', from(`10.0.0.${i}`))],
    ['sign-ins of one email from nowhere known', LOGIN_PER_EMAIL.limit, LOGIN_PER_EMAIL.windowMs, (services) => limitLogin(services, 'ada@example.com', from(null))],
    ['sign-ins of many emails from one address', LOGIN_PER_IP.limit, LOGIN_PER_IP.windowMs, (services, i) => limitLogin(services, `ada${i}@example.com`, from('10.0.0.1'))],
    ['registrations from one address', REGISTER_PER_IP.limit, REGISTER_PER_IP.windowMs, (services) => limitRegistration(services, from('10.0.0.1'))],
  ])('allow so many %s (%i in %i ms), refuse the next, and allow again in the next window', async (_, limit, windowMs, attempt) => {
    let nowMs = 0;
    await using cache = createMemoryCache({ maxEntries: 1_000, nowMs: () => nowMs });
    const refusals: string[] = [];
    const services = { cache, telemetry: { loginRefused: (reason: string) => refusals.push(reason) } } as unknown as AuthServices;
    for (let i = 0; i < limit; i++) await attempt(services, i);
    await expect(attempt(services, limit)).rejects.toMatchObject({ code: 'RATE_LIMITED', message: `too many attempts; try again in ${windowMs / 1000} s` });
    expect(refusals).toEqual(['rate']);
    nowMs = windowMs;
    await attempt(services, 0);
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1'])('do not count %s as one client', async (ip) => {
    await using cache = createMemoryCache({ maxEntries: 1_000 });
    const services = { cache, telemetry: { loginRefused: () => undefined } } as unknown as AuthServices;
    for (let i = 0; i <= REGISTER_PER_IP.limit; i++) await limitRegistration(services, from(ip));
  });
});
