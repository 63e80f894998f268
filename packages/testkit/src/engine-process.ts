import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startChild, type Child } from './child.ts';

export const TEST_ENGINE_TOKEN = 'engine-token-of-tests-0123456789abcdef';

export interface EngineProcess extends AsyncDisposable {
  /** Address for `connectEngine`, `127.0.0.1:<port>`. */
  readonly address: string;
  readonly token: string;
  readonly pid: number;
  readonly dataDirectory: string;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** A real engine on a directory of its own, or on `dataDirectory` (then left in place) and `port` to restart one; `variables` are added to its own. */
export async function startEngine(options: { readonly dataDirectory?: string; readonly port?: number; readonly variables?: Readonly<Record<string, string>> } = {}): Promise<EngineProcess> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(path.join(os.tmpdir(), 'mib-engine-')));
  const child: Child = await startChild('engine/dist/main.js', {
    HOST: '127.0.0.1',
    PORT: String(options.port ?? 0),
    ENGINE_TOKEN: TEST_ENGINE_TOKEN,
    ENGINE_DATA_DIR: dataDirectory,
    ENGINE_METRICS_PORT: '0',
    MIB_ENVIRONMENT: 'development',
    LOG_LEVEL: 'warn',
    ...options.variables,
  });
  const dispose = async () => {
    await child[Symbol.asyncDispose]();
    if (options.dataDirectory === undefined) await rm(dataDirectory, { recursive: true, force: true });
  };
  return { address: child.url, token: TEST_ENGINE_TOKEN, pid: child.pid, dataDirectory, kill: child.kill, [Symbol.asyncDispose]: dispose };
}
