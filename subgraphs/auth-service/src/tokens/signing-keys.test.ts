import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPrisma, type PrismaClient } from '@mib/prisma/client';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { ACCESS_TOKEN_MS, KEY_PUBLISHED_AHEAD_MS, KEY_VERIFIES_AFTER_MS } from '../domain/lifetimes.ts';
import { signAccessToken, verifyAccessToken } from './access-token.ts';
import { Sealer } from '@mib/service/sealer';
import { SigningKeys } from './signing-keys.ts';

const SEALER = new Sealer('a secret of at least thirty-two characters', 'test');
const CLAIMS = { userId: 'usr_1', sessionId: 'ses_1', roles: ['trader'], scopes: ['account:read'] };
const START = new Date('2026-11-22T12:00:00Z');
const after = (ms: number): Date => new Date(START.getTime() + ms);

let database: TestDatabase;
let prisma: PrismaClient;
beforeAll(async () => {
  database = await testDatabase();
  prisma = createPrisma({ databaseUrl: database.url });
});
afterAll(async () => {
  await prisma.$disconnect();
  await database[Symbol.asyncDispose]();
});

describe('signing keys', () => {
  it('are made once by replicas that start together, survive a restart, and sign alike', async () => {
    const replicas = await Promise.all([1, 2, 3].map(() => SigningKeys.open(prisma, SEALER, START)));
    const restarted = await SigningKeys.open(prisma, SEALER, START);
    expect(new Set([...replicas, restarted].map((keys) => keys.signer(START).kid)).size).toBe(1);
    const { token } = await signAccessToken(replicas[0]!, CLAIMS, START);
    expect(await verifyAccessToken(restarted, token, START)).toMatchObject(CLAIMS);
  });

  it('rotate with an overlap: old tokens verify to their end, caches know the new key before it signs', async () => {
    const keys = await SigningKeys.open(prisma, SEALER, START);
    const before = keys.signer(START).kid;
    await keys.rotate(START);
    expect(keys.jwks(START).keys).toHaveLength(2);
    expect(keys.signer(START).kid).toBe(before);

    const change = after(KEY_PUBLISHED_AHEAD_MS);
    const lastOld = await signAccessToken(keys, CLAIMS, new Date(change.getTime() - 1000));
    expect(keys.signer(change).kid).not.toBe(before);
    const cached = createLocalJWKSet(keys.jwks(START) as never);
    const firstNew = await signAccessToken(keys, CLAIMS, change);
    for (const { token } of [lastOld, firstNew]) {
      await expect(jwtVerify(token, cached, { issuer: 'mib', audience: 'mib', currentDate: change })).resolves.toBeDefined();
    }
    const end = new Date(change.getTime() + ACCESS_TOKEN_MS - 2000);
    expect(await verifyAccessToken(keys, lastOld.token, end)).toBeDefined();

    const gone = new Date(change.getTime() + KEY_VERIFIES_AFTER_MS);
    await keys.renew(gone);
    expect(keys.jwks(gone).keys.map(({ kid }) => kid)).not.toContain(before);
  });

  it('under another secret still verify what they signed, and get a successor that signs', async () => {
    const now = after(KEY_PUBLISHED_AHEAD_MS * 3);
    const keys = await SigningKeys.open(prisma, SEALER, now);
    const { token } = await signAccessToken(keys, CLAIMS, now);
    const changed = await SigningKeys.open(prisma, new Sealer('another secret of at least thirty-two', 'test'), now);
    expect(changed.signer(now).kid).not.toBe(keys.signer(now).kid);
    expect(await verifyAccessToken(changed, token, now)).toMatchObject(CLAIMS);
  });

  it('verify nothing that is expired, of another audience, or unsigned', async () => {
    const now = after(KEY_PUBLISHED_AHEAD_MS * 3);
    const keys = await SigningKeys.open(prisma, SEALER, now);
    const { token, expiresAt } = await signAccessToken(keys, CLAIMS, now);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`;
    expect(await verifyAccessToken(keys, token, new Date(expiresAt.getTime() + 1000))).toBeUndefined();
    expect(await verifyAccessToken(keys, unsigned, now)).toBeUndefined();
    expect(await verifyAccessToken(keys, 'nonsense', now)).toBeUndefined();
  });
});
