// `node prisma/dist/migrate.js`: applies the migrations to DATABASE_URL and ends.

import { applyMigrations } from './migrate-deploy.ts';

const databaseUrl = process.env['DATABASE_URL'];
try {
  if (!databaseUrl) throw new Error('DATABASE_URL is required');
  const applied = await applyMigrations({ databaseUrl });
  process.stdout.write(`${applied.length === 0 ? 'database is up to date' : `applied ${applied.join(', ')}`}\n`);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${(error as Error).message.trim().split('\n')[0]}\n`);
  process.exit(1);
}
