// One engine per data directory. On Linux the lock is an abstract socket named after the directory's identity: the
// kernel drops it with the process, however that ends, so there is nothing stale to clean up. Elsewhere a file names
// the owner's process id. Neither reaches beyond this machine, the socket not beyond its network namespace: of containers
// that share a volume only one may be an engine, which the orchestrator must see to (a StatefulSet of one replica does).

import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
  constructor(directory: string) {
    super(`ENGINE_DATA_DIR ${directory} is in use by another engine`);
  }
}

/** Creates the directory if need be and holds it until disposed. */
export async function lockDirectory(directory: string): Promise<AsyncDisposable> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return process.platform === 'linux' ? lockBySocket(directory) : lockByFile(directory);
}

async function lockBySocket(directory: string): Promise<AsyncDisposable> {
  const { dev, ino } = statSync(directory);
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new DirectoryInUseError(directory) : error));
    server.listen({ path: `\0mib-engine-${dev}-${ino}` }, resolve);
  });
  server.unref();
  return {
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function lockByFile(directory: string): Promise<AsyncDisposable> {
  const path = join(directory, 'engine.pid');
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
  } catch {
    if (isAlive(Number(readFileSync(path, 'utf8')))) throw new DirectoryInUseError(directory);
    writeFileSync(path, String(process.pid));
  }
  return {
    async [Symbol.asyncDispose]() {
      rmSync(path, { force: true });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
