// librdkafka's mock cluster, from Debian's kcat: Kafka's wire protocol without Java. It has neither topic creation (a
// topic appears with four partitions when first named) nor idempotent producers, and forgets everything when it ends.

import { spawnSync } from 'node:child_process';
import { startLineProcess } from './line-process.ts';

export interface MockKafka extends AsyncDisposable {
  /** For KAFKA_BROKERS. */
  readonly brokers: string;
}

/** @returns why there can be no mock cluster here, or undefined. */
export function mockKafkaProblem(): string | undefined {
  return spawnSync('kcat', ['-V']).error ? 'kcat is not installed (Debian package kcat)' : undefined;
}

export async function startMockKafka(brokers = 1): Promise<MockKafka> {
  const { ready, stop } = await startLineProcess({
    command: 'kcat',
    arguments: ['-P', '-t', '_keepalive', '-b', 'mock', '-X', `test.mock.num.brokers=${brokers}`, '-d', 'mock'],
    stream: 'stderr',
    stdin: 'pipe', // it ends with its input
    ready: (line) => /bootstrap\.servers=([\d.:,]+)/.exec(line)?.[1],
  });
  return { brokers: ready, [Symbol.asyncDispose]: () => stop('SIGKILL') };
}
