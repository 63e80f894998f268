import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPrisma, type PrismaClient } from '@mib/prisma/client';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { inTransaction } from './database.ts';
import { deleteExpired, findLiveSessions, insertRefreshToken, insertSession, revokeOldestSessions } from './sessions.ts';
import { insertUser } from './users.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const after = (ms: number): Date => new Date(NOW.getTime() + ms);

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

describe('stored sessions', () => {
  it('keep the latest seen when there are too many', async () => {
    await addUser('usr_many');
    for (let i = 0; i < 5; i++) await addSession('usr_many', `ses_${i}`, { lastSeenAt: after(i * 1000), expiresAt: after(60_000) });
    await inTransaction(prisma, (transaction) => revokeOldestSessions(transaction, 'usr_many', 3, NOW));
    expect((await findLiveSessions(prisma, ['usr_many'], NOW)).map(({ id }) => id)).toEqual(['ses_4', 'ses_3', 'ses_2']);
  });

  it('are forgotten once expired, with their tokens; used tokens stay until they would have ended', async () => {
    await addUser('usr_old');
    await addSession('usr_old', 'ses_ended', { lastSeenAt: after(-2), expiresAt: after(-1) });
    await addSession('usr_old', 'ses_live', { lastSeenAt: NOW, expiresAt: after(60_000) });
    await inTransaction(prisma, async (transaction) => {
      await insertRefreshToken(transaction, { hash: hash('a'), sessionId: 'ses_ended', expiresAt: after(1000) });
      await insertRefreshToken(transaction, { hash: hash('b'), sessionId: 'ses_live', expiresAt: NOW });
      await insertRefreshToken(transaction, { hash: hash('c'), sessionId: 'ses_live', expiresAt: after(1) });
      await transaction.authRefreshToken.updateMany({ where: { sessionId: 'ses_live' }, data: { usedAt: after(-1000) } });
    });
    await deleteExpired(prisma, NOW);
    const tokens = await prisma.authRefreshToken.findMany();
    expect(tokens.map((token) => Buffer.from(token.hash))).toEqual([hash('c')]);
    expect(await prisma.authSession.count({ where: { userId: 'usr_old' } })).toBe(1);
  });
});

async function addUser(id: string): Promise<void> {
  await insertUser(prisma, { id, email: `${id}@example.com`, displayName: id, passwordHash: '', createdAt: NOW, roles: ['trader'] });
}

async function addSession(userId: string, id: string, times: { readonly lastSeenAt: Date; readonly expiresAt: Date }): Promise<void> {
  await inTransaction(prisma, (transaction) => insertSession(transaction, { id, userId, createdAt: NOW, ip: null, userAgent: null, ...times }));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
