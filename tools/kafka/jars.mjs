// Apache Kafka's jars out of the Maven repository that this machine is set up for, once, into .mib-tools/ (not in git).
// Tests use them; the platform itself needs neither Java nor Maven.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The last line of Kafka that runs on Java 11 and 17 alike. */
export const KAFKA_VERSION = '3.9.1';
const SCALA_VERSION = '2.13';
const TOOLS = fileURLToPath(new URL('../../.mib-tools/', import.meta.url));
const JARS = path.join(TOOLS, `kafka-${KAFKA_VERSION}`);
/** A cold download of 46 MB took a minute here. */
const RESOLVE_TIMEOUT_MS = 300_000;
const KEPT_OUTPUT_CHARACTERS = 2_000;

/**
 * Finds or fetches the jars.
 *
 * @returns `directory`, or in `unavailable` one sentence on why there are none.
 */
export async function kafkaJars() {
  if (!(await runs('java', ['-version']))) return { unavailable: 'java is not installed' };
  if (existsSync(JARS)) return { directory: JARS };
  if (!(await runs('mvn', ['-v']))) return { unavailable: 'mvn is not installed, and Kafka was not fetched before' };
  await mkdir(TOOLS, { recursive: true });
  const work = await mkdtemp(path.join(TOOLS, 'resolving-'));
  try {
    await writeFile(path.join(work, 'pom.xml'), POM);
    const { code, output } = await run('mvn', ['-B', '-q', '-f', path.join(work, 'pom.xml'), 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${path.join(work, 'jars')}`], RESOLVE_TIMEOUT_MS);
    if (code !== 0) return { unavailable: `mvn could not resolve Kafka ${KAFKA_VERSION}: ${firstError(output)}` };
    // Whole or not at all; somebody else may have been quicker.
    await rename(path.join(work, 'jars'), JARS).catch((error) => { if (!existsSync(JARS)) throw error; });
    return { directory: JARS };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>mib.tools</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_${SCALA_VERSION}</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <!-- Without a binding Kafka logs nothing, and its start could not be seen. -->
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

async function runs(command, args) {
  const { code } = await run(command, args, RESOLVE_TIMEOUT_MS);
  return code === 0;
}

function run(command, args, timeout) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout });
    let output = '';
    const keep = (text) => { output = (output + text).slice(-KEPT_OUTPUT_CHARACTERS); };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', () => resolve({ code: -1, output }));
    child.once('close', (code) => resolve({ code: code ?? -1, output }));
  });
}

function firstError(output) {
  const line = output.split('\n').find((text) => text.includes('[ERROR]')) ?? output.split('\n')[0] ?? '';
  return line.replace(/\[ERROR\]|https?:\/\/\S+/g, '').trim().slice(0, 200) || 'no answer in time';
}
