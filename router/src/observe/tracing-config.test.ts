import { describe, expect, it } from '@jest/globals';
import { readRouterConfig } from '../config.ts';

const tracing = (env: NodeJS.ProcessEnv) => readRouterConfig(env, []).tracing;
const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };

describe('tracing by OpenTelemetry\'s variables', () => {
  it.each([
    ['nothing is said', {}],
    ['the exporter is none', { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }],
    ['the SDK is disabled', { ...ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }],
  ])('is off when %s', (_, env) => {
    expect(tracing(env)).toBeUndefined();
  });

  it.each([
    ['http://collector:4318/v1/traces', ENDPOINT],
    ['http://other/x', { ...ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://other/x' }],
    ['http://localhost:4318/v1/traces', { OTEL_TRACES_EXPORTER: 'otlp' }],
  ])('sends to %s', (url, env) => {
    expect(tracing(env)).toMatchObject({ url, sampler: 'parentbased_traceidratio', ratio: 1, trustClients: false, batch: { maxQueueSize: 2_048, maxExportBatchSize: 512 } });
  });

  it('never sends a batch that is larger than the queue', () => {
    expect(tracing({ ...ENDPOINT, OTEL_BSP_MAX_QUEUE_SIZE: '100', OTEL_TRACES_SAMPLER_ARG: '0.05' })).toMatchObject({ ratio: 0.05, batch: { maxExportBatchSize: 100 } });
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT must be an http:// or https:// URL'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL must be http/json'],
    [{ OTEL_TRACES_SAMPLER: 'some' }, 'OTEL_TRACES_SAMPLER must be one of'],
    [{ OTEL_TRACES_SAMPLER_ARG: '1.5' }, 'OTEL_TRACES_SAMPLER_ARG must be a share 0..1'],
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER must be otlp or none'],
  ])('refuses %j', (env, message) => {
    expect(() => tracing(env)).toThrow(message);
  });
});
