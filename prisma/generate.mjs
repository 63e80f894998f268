// `node tools/generate.mjs prisma`: the client from schema/*.prisma, then the initial migration from the same files.
// Nothing is released yet, so the one migration is rewritten; after the first release new migrations are added instead.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

run('node_modules/prisma/build/index.js', 'generate', '--no-hints');
run('node_modules/typescript/bin/tsc', '-b', 'prisma');
const { writeInitialMigration } = await import('./dist/write-migration.js');
await writeInitialMigration();

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
