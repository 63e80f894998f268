// TA-Lib's C library through its Python interface, one process that keeps the columns and computes on request. Where
// Python cannot import it that is said loudly, and its columns are left out: `pip install TA-Lib`, and the interpreter in
// MIB_BENCH_PYTHON where it is not `python3`.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Market } from './market.ts';

const PEER = fileURLToPath(new URL('../../peers/talib/indicators.py', import.meta.url));

export interface Talib extends AsyncDisposable {
  /** For example `TA-Lib 0.8.2 (C 0.8.1)`. */
  readonly version: string;
  /** Milliseconds for all rows of our kind's name. */
  run(name: string): Promise<number>;
  /** Its outputs, one column each. */
  values(name: string): Promise<Float64Array[]>;
}

/** Undefined, with a loud line, when TA-Lib cannot be imported here. */
export async function openTalib({ columns }: Market): Promise<Talib | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'mib-talib-'));
  const input = join(folder, 'columns');
  const output = join(folder, 'values');
  const { open, high, low, close, volume } = columns;
  writeFileSync(input, Buffer.concat([open, high, low, close, volume].map((column) => Buffer.from(column.buffer))));
  const python = spawn(process.env['MIB_BENCH_PYTHON'] ?? 'python3', [PEER, input], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  python.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  python.on('error', (error) => (complaint += error.message));
  python.stdin.on('error', () => undefined);
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T | undefined> => {
    const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
    return done ? undefined : (JSON.parse(value) as T);
  };
  const ask = async (request: object): Promise<number> => {
    python.stdin.write(`${JSON.stringify(request)}\n`);
    const got = await answer<{ ms: number }>();
    if (!got) throw new Error(`TA-Lib's process ended: ${complaint}`);
    return got.ms;
  };
  const dispose = async (): Promise<void> => {
    python.stdin.end();
    if (python.exitCode === null && python.pid !== undefined) await new Promise((resolve) => python.once('exit', resolve));
    rmSync(folder, { recursive: true, force: true });
  };
  const hello = await answer<{ version: string }>();
  if (!hello) {
    await dispose();
    console.error(`\n*** PEER ABSENT: TA-Lib is NOT measured; pip install TA-Lib: ${complaint.trim().split('\n').at(-1)} ***\n`);
    return undefined;
  }
  return {
    version: hello.version,
    run: (name) => ask({ name }),
    values: async (name) => {
      await ask({ name, write: output });
      const bytes = readFileSync(output);
      const all = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      return Array.from({ length: all.length / close.length }, (_, column) => all.slice(column * close.length, (column + 1) * close.length));
    },
    [Symbol.asyncDispose]: dispose,
  };
}
