// The LMAX Disruptor's side: bench/peers/lmax/RingPeer.java, compiled once, a fresh Java process each run.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const LMAX = 'LMAX Disruptor 3.4.4, Java';
const JAR = '/usr/share/java/disruptor.jar';
const SOURCE = fileURLToPath(new URL('../peers/lmax/RingPeer.java', import.meta.url));

/** The compiled peer; undefined, and said loudly, where Java or the library is absent. */
export function compileLmax(): LmaxPeer | undefined {
  const missing = [...(existsSync(JAR) ? [] : [JAR]), ...(hasJavac() ? [] : ['javac'])];
  if (missing.length === 0) return new LmaxPeer();
  console.error(`\n*** PEER ABSENT: ${missing.join(' and ')} not found; the LMAX Disruptor is NOT measured. apt-get install libdisruptor-java default-jdk-headless ***\n`);
  return undefined;
}

export class LmaxPeer implements Disposable {
  readonly #classes = mkdtempSync(join(tmpdir(), 'mib-ring-peer-'));

  constructor() {
    execFileSync('javac', ['-cp', JAR, '-d', this.#classes, SOURCE]);
  }

  /** @returns the numbers that the peer prints; it has checked its sums by then. */
  run(...args: readonly (string | number)[]): number[] {
    const output = execFileSync('java', ['-cp', `${JAR}:${this.#classes}`, 'RingPeer', ...args.map(String)], { encoding: 'utf8' });
    return output.trim().split(' ').map(Number);
  }

  [Symbol.dispose](): void {
    rmSync(this.#classes, { recursive: true, force: true });
  }
}

function hasJavac(): boolean {
  try {
    execFileSync('javac', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
