// exchange-core's Direct book (Java) under the same steps. Maven fetches it, plain javac builds the harness; where Java,
// Maven or Maven Central is missing that is said loudly, and the row is left out.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OrderMix, Tally } from './order-mix.ts';

const PEER = fileURLToPath(new URL('../../peers/exchange-core', import.meta.url));
/** Passes within one process, the last of which counts: the others warm Java's compilers up. */
const PASSES = 5;
/** chronicle, which exchange-core uses, looks into these. */
const OPENED = ['java.base/java.lang', 'java.base/java.lang.reflect', 'java.base/java.nio', 'java.base/sun.nio.ch'].flatMap((name) => ['--add-opens', `${name}=ALL-UNNAMED`]);
const FETCH_TIMEOUT_MS = 300_000;
const REASON_CHARACTERS = 1_000;

export interface DirectBook extends Disposable {
  run(mix: OrderMix): { readonly rate: number; readonly tally: Tally };
}

/** Fetches and builds; undefined, with a loud line, when that cannot be done here. */
export function openDirectBook(): DirectBook | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'mib-exchange-core-'));
  try {
    const classPath = join(folder, 'class-path');
    execFileSync('mvn', ['-q', '-B', '-f', join(PEER, 'pom.xml'), 'dependency:build-classpath', `-Dmdep.outputFile=${classPath}`], { stdio: 'pipe', timeout: FETCH_TIMEOUT_MS });
    const jars = readFileSync(classPath, 'utf8').trim();
    execFileSync('javac', ['-nowarn', '-cp', jars, '-d', folder, join(PEER, 'src/DirectBookPeer.java')], { stdio: 'pipe' });
    return {
      run: (mix) => runDirectBook(mix, folder, jars),
      [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    console.error(`\n*** PEER ABSENT: exchange-core is NOT measured; it needs a JDK, Maven and Maven Central: ${(error as Error).message.slice(0, REASON_CHARACTERS)} ***\n`);
    return undefined;
  }
}

function runDirectBook(mix: OrderMix, folder: string, jars: string): { readonly rate: number; readonly tally: Tally } {
  const file = join(folder, 'steps');
  writeFileSync(file, new Uint8Array(mix.steps.buffer));
  const args = [...OPENED, '-cp', `${jars}:${folder}`, 'DirectBookPeer', file, String(mix.fillCount), String(mix.count), String(PASSES)];
  const printed = execFileSync('java', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const [rate, trades, lots, checksum] = printed.trim().split('\n').at(-1)!.split(' ').map(Number);
  return { rate: rate!, tally: { trades: trades!, lots: lots!, checksum: checksum! } };
}
