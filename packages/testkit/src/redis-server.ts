// A real Redis for tests, from Debian's redis-server, in memory only and on loopback.

import { spawnSync } from 'node:child_process';
import { freePort } from './free-port.ts';
import { startLineProcess, type LineProcess } from './line-process.ts';

export interface RedisServer extends AsyncDisposable {
  /** For REDIS_URL. */
  readonly url: string;
  /** Of the process that runs now; after a crash, of the one that ran. */
  readonly pid: number;
  /** Ends it as a power cut would, with everything it held. */
  crash(): Promise<void>;
  /** Starts an empty one on the same port. */
  restart(): Promise<void>;
}

/** @returns why there can be no Redis here, or undefined. */
export function redisProblem(): string | undefined {
  return spawnSync('redis-server', ['--version']).error ? 'redis-server is not installed (Debian package redis-server)' : undefined;
}

export async function startRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  let running = await launch(port);
  return {
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return running.child.pid!;
    },
    crash: () => running.stop('SIGKILL'),
    async restart() {
      running = await launch(port);
    },
    [Symbol.asyncDispose]: () => running.stop('SIGKILL'),
  };
}

function launch(port: number): Promise<LineProcess> {
  return startLineProcess({
    command: 'redis-server',
    arguments: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--daemonize', 'no'],
    stream: 'stdout',
    ready: (line) => (line.includes('Ready to accept connections') ? 'ready' : undefined),
  });
}
