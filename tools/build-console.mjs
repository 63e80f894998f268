// Builds console/dist when something it is made of has changed: its own sources, the SDK as built, or the tools' versions.
// Runs after `tsc -b`, so the SDK is there. A fresh console costs a few milliseconds.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['console/src', 'console/public', 'console/index.html', 'console/vite.config.ts', 'console/tsconfig.json', 'console/package.json', 'sdk/dist', 'package-lock.json'];
const STAMP = path.join(ROOT, 'console/dist/.built-from');

const hash = hashOf(SOURCES.flatMap(filesBelow));
if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) process.exit(0);
const { status } = spawnSync('npm', ['run', '--silent', 'build', '-w', '@mib/console'], { cwd: ROOT, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
writeFileSync(STAMP, hash);

function filesBelow(source) {
  const absolute = path.join(ROOT, source);
  if (!existsSync(absolute)) throw new Error(`${source} is missing: run tsc -b first`);
  if (statSync(absolute).isFile()) return [absolute];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.tsbuildinfo$|\.map$|\.test\./.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** Of names and contents, in order. */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(path.relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}
