// Compiles the engine's core (engine/core, AssemblyScript) to WebAssembly when something it is made of has changed: once at
// full size, once small for the simulator, and some of its parts by themselves, for tests and for a benchmark. Runs after
// `tsc -b`; a fresh one costs a few milliseconds.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as asc from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = path.join(ROOT, 'engine/core');
const STAMP = path.join(ROOT, 'engine/dist/core/.built-from');
const TARGETS = [
  { entry: 'index.ts', out: 'engine/dist/core/core.wasm' },
  { entry: 'index.ts', out: 'engine/dist/core/core-small.wasm', instead: { 'size-divisor.ts': 'size-divisor-small.ts' } },
  { entry: 'exposed.ts', out: 'engine/dist/core/exposed.wasm', instead: { 'size-divisor.ts': 'size-divisor-small.ts' } },
  { entry: 'matching-alone.ts', out: 'engine/dist/core/matching-alone.wasm' },
];
/** No garbage collector: the core allocates nothing. Names of functions stay in, for profiles and stack traces. */
const OPTIONS = ['-O3', '--runtime', 'stub', '--debug'];

const hash = hashOf([fileURLToPath(import.meta.url), path.join(ROOT, 'package-lock.json'), ...readdirSync(SOURCES).sort().map((name) => path.join(SOURCES, name))]);
if (TARGETS.every(({ out }) => existsSync(path.join(ROOT, out))) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) process.exit(0);
for (const target of TARGETS) await compile(target);
writeFileSync(STAMP, hash);

async function compile({ entry, out, instead = {} }) {
  const { error, stderr } = await asc.main([entry, ...OPTIONS, '--baseDir', SOURCES, '--outFile', path.basename(out)], {
    readFile(name) {
      const file = path.join(SOURCES, instead[name] ?? name);
      return existsSync(file) ? readFileSync(file, 'utf8') : null;
    },
    writeFile(name, contents) {
      mkdirSync(path.join(ROOT, path.dirname(out)), { recursive: true });
      writeFileSync(path.join(ROOT, path.dirname(out), name), contents);
    },
    listFiles: () => [],
  });
  if (!error) return;
  console.error(`${out}: ${error.message}\n${stderr.toString()}`);
  process.exit(1);
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(path.relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}
