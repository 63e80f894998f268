import { describe, expect, it } from '@jest/globals';
import { testDatabase } from '@mib/testkit/test-database';
import { createPrisma } from './client.ts';
import { applyMigrations } from './migrate-deploy.ts';
import { withDatabase } from './migration-adapter.ts';

describe('applyMigrations', () => {
  it('has nothing to do on a migrated database', async () => {
    await using database = await testDatabase();
    expect(await applyMigrations({ databaseUrl: database.url })).toEqual([]);
  });

  it('makes every service its schema', async () => {
    await using database = await testDatabase();
    const prisma = createPrisma({ databaseUrl: database.url });
    const rows = await prisma.$queryRaw<{ name: string }[]>`select schema_name as name from information_schema.schemata where schema_name in ('auth', 'bus', 'ingestion', 'processor', 'trading') order by 1`;
    expect(rows.map((row) => row.name)).toEqual(['auth', 'bus', 'ingestion', 'processor', 'trading']);
    await prisma.$disconnect();
  });

  it('refuses a database that an edited migration has made', async () => {
    await using database = await testDatabase();
    const prisma = createPrisma({ databaseUrl: database.url });
    await prisma.$executeRaw`update _prisma_migrations set checksum = 'another'`;
    await prisma.$disconnect();
    await expect(applyMigrations({ databaseUrl: database.url })).rejects.toThrow(/^migration 20261122000000_init is not the one that made this database/);
  });

  it('says which database is missing', async () => {
    await using database = await testDatabase();
    await expect(applyMigrations({ databaseUrl: withDatabase(database.url, 'nowhere') })).rejects.toThrow('database "nowhere" does not exist');
  });
});

describe('createPrisma', () => {
  it('keeps 38 digits of a decimal', async () => {
    await using database = await testDatabase();
    const prisma = createPrisma({ databaseUrl: database.url });
    const text = '12345678901234567890.123456789012345678';
    const rows = await prisma.$queryRaw<{ exact: { toFixed(): string } }[]>`select ${text}::decimal(38,18) as exact`;
    expect(rows[0]?.exact.toFixed()).toBe(text);
    await prisma.$disconnect();
  });
});
