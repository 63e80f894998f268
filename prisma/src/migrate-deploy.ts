// `prisma migrate deploy` without the CLI: 0.4 s instead of 3, same engine, same bookkeeping in _prisma_migrations.

import { createHash } from 'node:crypto';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { MigrationAdapterFactory } from './migration-adapter.ts';
import { readMigrations } from './migration-files.ts';
import { openSchemaEngine } from './schema-engine.ts';

/**
 * Applies what is missing.
 *
 * @returns the names of the migrations applied now; none when the database was up to date.
 * @throws {Error} when the database cannot be reached, a migration fails, or one that is applied reads differently now.
 */
export async function applyMigrations(options: { readonly databaseUrl: string }): Promise<readonly string[]> {
  const migrationsList = readMigrations();
  await refuseEdited(options.databaseUrl, migrationsList);
  await using adapter = new MigrationAdapterFactory(options.databaseUrl);
  const engine = await openSchemaEngine({ adapter });
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: { externalTables: [], externalEnums: [] } });
    return appliedMigrationNames;
  } catch (error) {
    // The engine throws plain objects { code?, message }.
    throw new Error((error as { message?: string }).message ?? String(error), { cause: error });
  } finally {
    engine.free();
  }
}

/** The engine skips applied migrations by name; one that changed since would leave a schema that no code fits. */
async function refuseEdited(databaseUrl: string, { migrationDirectories }: MigrationList): Promise<void> {
  const checksums = await appliedChecksums(databaseUrl);
  for (const { path: name, migrationFile } of migrationDirectories) {
    const applied = checksums.get(name);
    const { content } = migrationFile;
    if (applied !== undefined && content.tag === 'ok' && applied !== createHash('sha256').update(content.value).digest('hex')) {
      throw new Error(`migration ${name} is not the one that made this database (another build of an unreleased version); use a new data directory or database`);
    }
  }
}

async function appliedChecksums(databaseUrl: string): Promise<ReadonlyMap<string, string>> {
  const client = new pg.Client(databaseUrl);
  try {
    await client.connect();
    const { rows: tables } = await client.query<{ present: boolean }>("select to_regclass('public._prisma_migrations') is not null as present");
    if (!tables[0]?.present) return new Map();
    const { rows } = await client.query<{ migration_name: string; checksum: string }>('select migration_name, checksum from public._prisma_migrations where rolled_back_at is null');
    return new Map(rows.map((row) => [row.migration_name, row.checksum]));
  } finally {
    await client.end();
  }
}
