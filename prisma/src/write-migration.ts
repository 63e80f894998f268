// Writes the initial migration from the schema files: the engine's diff from an empty database, then the SQL that Prisma
// cannot express (sql/*.sql). While nothing is released there is one migration and it is rewritten; see generate.mjs.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { MIGRATIONS_DIRECTORY } from './migration-files.ts';
import { openSchemaEngine, type Datamodel } from './schema-engine.ts';

const ROOM = fileURLToPath(new URL('..', import.meta.url));
const INITIAL_MIGRATION = '20261122000000_init';

export async function writeInitialMigration(): Promise<void> {
  const generated = await diffFromEmpty(readFolder('schema', '.prisma'));
  const handwritten = readFolder('sql', '.sql').map(([, text]) => text);
  mkdirSync(path.join(MIGRATIONS_DIRECTORY, INITIAL_MIGRATION), { recursive: true });
  writeFileSync(path.join(MIGRATIONS_DIRECTORY, INITIAL_MIGRATION, 'migration.sql'), [generated, ...handwritten].map((text) => text.trim()).join('\n\n') + '\n');
}

async function diffFromEmpty(datamodels: readonly Datamodel[]): Promise<string> {
  const engine = await openSchemaEngine({ adapter: NO_DATABASE, datamodels });
  const { stdout } = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: datamodels.map(([file, content]) => ({ path: file, content })) },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  if (!stdout) throw new Error('the schema engine wrote no migration');
  return stdout;
}

function readFolder(folder: string, extension: string): Datamodel[] {
  const names = readdirSync(path.join(ROOM, folder)).filter((name) => name.endsWith(extension)).sort();
  return names.map((name) => [path.join(ROOM, folder, name), readFileSync(path.join(ROOM, folder, name), 'utf8')]);
}

/** Both ends of the diff are known, yet the engine greets a database first; this one answers everything with nothing. */
const NO_DATABASE: SqlMigrationAwareDriverAdapterFactory = {
  provider: 'postgres',
  adapterName: 'none',
  connect: async () => silentAdapter(),
  connectToShadowDb: async () => silentAdapter(),
};

function silentAdapter(): SqlDriverAdapter {
  return {
    provider: 'postgres',
    adapterName: 'none',
    queryRaw: async () => ({ columnNames: [], columnTypes: [], rows: [] }),
    executeRaw: async () => 0,
    executeScript: async () => undefined,
    startTransaction: () => Promise.reject(new Error('there is no database')),
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
    dispose: async () => undefined,
  };
}
