// How this platform speaks Kafka: every wait and retry of kafkajs named, its log lines in ours, and its errors sorted
// into an outage, which the caller may repeat, and everything else, which is a mistake of somebody.

import kafkajs, { type Kafka, type LogEntry } from 'kafkajs';
import { ClientError } from '../errors.ts';
import type { Logger } from '../logger.ts';

/** Node finds no named exports in this CommonJS module. */
const { KafkaJSError, KafkaJSTimeout, logLevel } = kafkajs;

/** About five seconds in total: a restarting broker is waited for, a dead one is reported. */
export const KAFKA_RETRY = { initialRetryTime: 100, multiplier: 2, factor: 0.2, maxRetryTime: 2_000, retries: 6 } as const;
const CONNECTION_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** @param brokers - `host:port,host:port`; any of them leads to the others. */
export function createKafkaClient(brokers: string, logger: Logger | undefined): Kafka {
  return new kafkajs.Kafka({
    clientId: 'mib',
    brokers: brokers.split(',').map((broker) => broker.trim()),
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: KAFKA_RETRY,
    logLevel: logger ? logLevel.WARN : logLevel.NOTHING,
    logCreator: () => (entry) => logger && report(logger, entry),
  });
}

/** An outage as a ClientError UNAVAILABLE; anything else unchanged. */
export function asBusError(error: unknown): unknown {
  return isOutage(error) ? new ClientError('UNAVAILABLE', 'the event bus does not answer, try again later', { cause: error }) : error;
}

/** What kafkajs gave up on is wrapped as final; whether it could pass with time stands in the cause. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof KafkaJSError)) return false;
  return error.retriable || error instanceof KafkaJSTimeout || isOutage(error.cause);
}

/** Connections report every refused request, most of which are repeated with success; what stays refused is thrown. */
function report(logger: Logger, { level, namespace, log }: LogEntry): void {
  const fields = { component: namespace, detail: log.message, error: log['error'] as unknown };
  if (level === logLevel.ERROR && namespace !== 'Connection') logger.warn(fields, 'kafka client complains');
  else logger.debug(fields, 'kafka client reports');
}
