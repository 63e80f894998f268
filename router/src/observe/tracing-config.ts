// Tracing is steered by OpenTelemetry's own variables, as in every other process: it is on once an endpoint is named. What
// they cannot say, whether clients are believed, is in section `observe` of the settings file. Variables that only concern
// the connection to the collector (OTEL_EXPORTER_OTLP_HEADERS, ..._CERTIFICATE, ..._TIMEOUT, ..._COMPRESSION) and the
// resource (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) are read by OpenTelemetry itself.

import { z } from 'zod';
import { integerVariable } from '@mib/service/config';

const SAMPLERS = ['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const;
export type SamplerName = (typeof SAMPLERS)[number];

const endpoint = z.string().regex(/^https?:\/\/[^\s]+$/, 'must be an http:// or https:// URL').optional();
const protocol = z.literal('http/json', 'must be http/json, the one that is spoken here').optional();

export const tracingVariables = {
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], 'must be otlp or none').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS, `must be one of ${SAMPLERS.join(', ')}`).default('parentbased_traceidratio'),
  OTEL_TRACES_SAMPLER_ARG: z.string().regex(/^(0|1|0?\.\d{1,9}|1\.0+|0\.0+)$/, 'must be a share 0..1').default('1').transform(Number),
  OTEL_BSP_MAX_QUEUE_SIZE: integerVariable(1, 100_000).default(2_048),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: integerVariable(1, 10_000).default(512),
  OTEL_BSP_SCHEDULE_DELAY: integerVariable(10, 600_000).default(5_000),
  OTEL_BSP_EXPORT_TIMEOUT: integerVariable(10, 600_000).default(30_000),
};

type Values = z.infer<z.ZodObject<typeof tracingVariables>>;

export interface TracingConfig {
  /** Where batches are POSTed. */
  readonly url: string;
  readonly sampler: SamplerName;
  /** Share of the traces that begin here, for the samplers by ratio. */
  readonly ratio: number;
  readonly trustClients: boolean;
  readonly batch: { readonly maxQueueSize: number; readonly maxExportBatchSize: number; readonly scheduledDelayMillis: number; readonly exportTimeoutMillis: number };
}

/** Where a collector beside the router listens. */
const DEFAULT_ENDPOINT = 'http://localhost:4318';

/** @returns undefined when tracing is off. */
export function readTracing(values: Values, { trustTraceparent }: { readonly trustTraceparent: boolean }): TracingConfig | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces, OTEL_TRACES_EXPORTER: exporter } = values;
  const isNamed = all !== undefined || traces !== undefined || exporter === 'otlp';
  if (!isNamed || exporter === 'none' || values.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined;
  return {
    url: traces ?? `${(all ?? DEFAULT_ENDPOINT).replace(/\/$/, '')}/v1/traces`,
    sampler: values.OTEL_TRACES_SAMPLER,
    ratio: values.OTEL_TRACES_SAMPLER_ARG,
    trustClients: trustTraceparent,
    batch: {
      maxQueueSize: values.OTEL_BSP_MAX_QUEUE_SIZE,
      maxExportBatchSize: Math.min(values.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, values.OTEL_BSP_MAX_QUEUE_SIZE),
      scheduledDelayMillis: values.OTEL_BSP_SCHEDULE_DELAY,
      exportTimeoutMillis: values.OTEL_BSP_EXPORT_TIMEOUT,
    },
  };
}
