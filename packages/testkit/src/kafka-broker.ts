// A real Apache Kafka for tests, through tools/kafka/start-kafka.mjs. Where Java or Maven is missing a suite must say so
// instead of passing in silence: `kafkaProblem` is the reason to put into a skipped test's title.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { startLineProcess, type LineProcess } from './line-process.ts';
import { REPOSITORY } from './repository.ts';

export interface KafkaBroker extends AsyncDisposable {
  /** For KAFKA_BROKERS. */
  readonly brokers: string;
  /** Ends the broker as a power cut would. Its data stay. */
  crash(): Promise<void>;
  /** Starts it again where it was. */
  restart(): Promise<void>;
}

const START = path.join(REPOSITORY, 'tools/kafka/start-kafka.mjs');
const CHECK = `import { kafkaJars } from ${JSON.stringify(path.join(REPOSITORY, 'tools/kafka/jars.mjs'))}; console.log((await kafkaJars()).unavailable ?? '')`;

/**
 * Fetches Kafka when this machine never has; a minute or so the first time.
 *
 * @returns why there can be no Kafka here, or undefined.
 */
export async function kafkaProblem(): Promise<string | undefined> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', CHECK], { stdio: ['ignore', 'pipe', 'inherit'] });
  let answer = '';
  child.stdout.on('data', (text: Buffer) => (answer += text.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) return 'tools/kafka/jars.mjs failed';
  return answer.trim() || undefined;
}

export async function startKafkaBroker(): Promise<KafkaBroker> {
  const dataDirectory = await mkdtemp(path.join(os.tmpdir(), 'mib-kafka-'));
  const port = await freePort();
  let running = await launch(dataDirectory, port);
  const crash = async () => {
    process.kill(Number(running.ready), 'SIGKILL');
    await running.stop('SIGTERM');
  };
  return {
    brokers: `127.0.0.1:${port}`,
    crash,
    async restart() {
      running = await launch(dataDirectory, port);
    },
    async [Symbol.asyncDispose]() {
      if (running.child.exitCode === null && running.child.signalCode === null) await crash(); // nobody needs its data, so nobody waits for its farewell
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** Ready is the broker's own process id. */
function launch(dataDirectory: string, port: number): Promise<LineProcess> {
  return startLineProcess({
    command: process.execPath,
    arguments: [START, '--port', String(port), '--data', dataDirectory],
    stream: 'stdout',
    ipc: true,
    ready: (line) => (line.startsWith('{') ? (JSON.parse(line) as { pid?: number }).pid?.toString() : undefined),
  });
}
