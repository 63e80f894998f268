// A real Apache Kafka of one node in KRaft mode on loopback:
//   node tools/kafka/start-kafka.mjs [--port 9092] [--data <directory>]
// Prints one line of JSON, {"brokers","pid"} once it takes connections or {"unavailable"} with exit code 3, and ends with
// SIGTERM, with Ctrl-C, or when the program that started it goes away. A given directory is kept and started again.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers';
import { parseArgs } from 'node:util';
import { kafkaJars } from './jars.mjs';

const UNAVAILABLE_EXIT = 3;
const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 15_000;
const KEPT_LOG_CHARACTERS = 20_000;
/** Small heap and quick start: a broker for tests. */
const JVM = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];
/** Kafka asks for 16 random bytes in URL-safe base64; any fixed ones will do for a cluster of one. */
const CLUSTER_ID = 'bWliLXRlc3QtY2x1c3Rlcg';

const { values: options } = parseArgs({ options: { port: { type: 'string' }, data: { type: 'string' } } });
const jars = await kafkaJars();
if (jars.unavailable) {
  console.log(JSON.stringify({ unavailable: jars.unavailable }));
  process.exit(UNAVAILABLE_EXIT);
}
const classpath = path.join(jars.directory, '*');
const data = options.data ?? (await mkdtemp(path.join(os.tmpdir(), 'mib-kafka-')));
const port = Number(options.port ?? (await freePort()));
const properties = await configure(data, port);

const java = spawn('java', [...JVM, '-cp', classpath, 'kafka.Kafka', properties], { stdio: ['ignore', 'pipe', 'pipe'] });
let log = '';
const started = new Promise((resolve) => {
  const read = (text) => {
    log = (log + text).slice(-KEPT_LOG_CHARACTERS);
    if (log.includes('Kafka Server started')) resolve(true);
  };
  java.stdout.on('data', read);
  java.stderr.on('data', read);
});
const ended = new Promise((resolve) => java.once('exit', (code, signal) => resolve(code ?? signal)));
void ended.then(async (outcome) => {
  if (options.data === undefined) await rm(data, { recursive: true, force: true });
  process.exitCode = outcome === 0 || outcome === 143 || stopping ? 0 : 1;
  process.disconnect?.();
});
let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(signal, stop);

const ready = await Promise.race([started, ended, new Promise((resolve) => setTimeout(resolve, START_TIMEOUT_MS, 'timeout').unref())]);
if (ready === true) console.log(JSON.stringify({ brokers: `127.0.0.1:${port}`, pid: java.pid }));
else {
  console.error(`Kafka did not start (${ready}):\n${log}`);
  java.kill('SIGKILL');
  process.exitCode = 1;
}

function stop() {
  stopping = true;
  java.kill('SIGTERM');
  setTimeout(() => java.kill('SIGKILL'), STOP_TIMEOUT_MS).unref();
}

async function configure(directory, brokerPort) {
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, 'server.properties');
  await writeFile(file, serverProperties(directory, brokerPort, await freePort()));
  if (existsSync(path.join(directory, 'log', 'meta.properties'))) return file;
  const formatted = spawnSync('java', [...JVM, '-cp', classpath, 'kafka.tools.StorageTool', 'format', '--cluster-id', CLUSTER_ID, '--config', file], { encoding: 'utf8' });
  if (formatted.status !== 0) throw new Error(`StorageTool could not format ${directory}: ${formatted.stdout}${formatted.stderr}`);
  return file;
}

function serverProperties(directory, brokerPort, controllerPort) {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${brokerPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${brokerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': path.join(directory, 'log'),
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // The platform makes its topics itself; a topic that appears by a slip of the pen should fail.
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
  }).map(([name, value]) => `${name}=${value}`).join('\n');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}
