// The Kafka adapter against librdkafka's mock cluster: the same suite over Kafka's wire protocol, in seconds and without
// Java. Where the real Kafka runs, that one is the proof and this one would only take its time.

import { it } from '@jest/globals';
import { kafkaProblem } from '@mib/testkit/kafka-broker';
import { mockKafkaProblem, startMockKafka } from '@mib/testkit/mock-kafka';
import { eventBusContract } from './contract-suite.ts';

const isOnRealKafka = process.env['MIB_E2E_CLUSTER'] === '1' && (await kafkaProblem()) === undefined;
const problem = isOnRealKafka ? 'the suite runs against a real Apache Kafka here' : mockKafkaProblem();

if (problem) {
  process.stderr.write(`\nNOT RUN: the suite against librdkafka's mock cluster, because ${problem}\n`);
  it.skip(`mock Kafka cluster: not run, because ${problem}`, () => undefined);
} else {
  eventBusContract("Kafka adapter on librdkafka's mock cluster", async () => {
    const kafka = await startMockKafka();
    return { config: { databaseUrl: '', kafkaBrokers: kafka.brokers }, [Symbol.asyncDispose]: () => kafka[Symbol.asyncDispose]() };
  });
}
