// The Kafka adapter against librdkafka's mock cluster: the same suite over Kafka's wire protocol, without Java.

import { it } from '@jest/globals';
import { mockKafkaProblem, startMockKafka } from '@mib/testkit/mock-kafka';
import { eventBusContract } from './contract-suite.ts';

const problem = mockKafkaProblem();

if (problem) {
  process.stderr.write(`\nNOT RUN: the suite against librdkafka's mock cluster, because ${problem}\n`);
  it.skip(`mock Kafka cluster: not run, because ${problem}`, () => undefined);
} else {
  eventBusContract("Kafka adapter on librdkafka's mock cluster", async () => {
    const kafka = await startMockKafka();
    return { config: { databaseUrl: '', kafkaBrokers: kafka.brokers }, [Symbol.asyncDispose]: () => kafka[Symbol.asyncDispose]() };
  });
}
