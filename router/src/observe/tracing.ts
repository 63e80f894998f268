// OpenTelemetry: who samples, what is kept until it is sent, and where it goes. Off, there is no tracer at all, and a
// request's observation has no spans.
//
//   span ends -> queue (bounded; what does not fit is dropped) -> batches -> OTLP over HTTP

import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultTextMapGetter, ROOT_CONTEXT } from '@opentelemetry/api';
import { ExportResultCode, W3CTraceContextPropagator, type ExportResult } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler, AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler,
  type ReadableSpan, type Sampler, type SpanExporter,
} from '@opentelemetry/sdk-trace-node';
import { RequestSpans } from './request-spans.ts';
import type { SamplerName, TracingConfig } from './tracing-config.ts';

export interface Tracing extends AsyncDisposable {
  /** @param headers - of the client; believed only where configured. */
  begin(headers: IncomingHttpHeaders | undefined): RequestSpans | undefined;
}

export type OnExported = (outcome: 'ok' | 'failed', spans: number, error?: Error) => void;

/** Attributes are few and short by themselves; names of operations are the clients' choice. */
const SPAN_LIMITS = { attributeCountLimit: 32, attributeValueLengthLimit: 256, eventCountLimit: 0, linkCountLimit: 0 };
/** Spans that cannot be sent when the router stops are lost rather than waited for. */
const SHUTDOWN_MS = 2_000;

const OFF: Tracing = { begin: () => undefined, [Symbol.asyncDispose]: async () => undefined };

/** @param config - undefined: tracing is off. */
export function openTracing(config: TracingConfig | undefined, onExported: OnExported): Tracing {
  if (!config) return OFF;
  const exporter = reporting(new OTLPTraceExporter({ url: config.url }), onExported);
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'router' }).merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(config.sampler, config.ratio),
    spanLimits: SPAN_LIMITS,
    spanProcessors: [new BatchSpanProcessor(exporter, config.batch)],
  });
  const tracer = provider.getTracer('@mib/router');
  const propagator = new W3CTraceContextPropagator();
  return {
    begin: (headers) => new RequestSpans(tracer, propagator, headers && config.trustClients ? propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter) : ROOT_CONTEXT),
    async [Symbol.asyncDispose]() {
      await Promise.race([provider.shutdown().catch(() => undefined), delay(SHUTDOWN_MS, undefined, { ref: false })]);
    },
  };
}

function samplerOf(name: SamplerName, ratio: number): Sampler {
  const samplers: Readonly<Record<string, () => Sampler>> = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  };
  const root = samplers[name.replace('parentbased_', '')]!();
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

/** The exporter keeps its failures to itself otherwise. */
function reporting(exporter: SpanExporter, onExported: OnExported): SpanExporter {
  return {
    export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
      exporter.export(spans, (result) => {
        onExported(result.code === ExportResultCode.SUCCESS ? 'ok' : 'failed', spans.length, result.error);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
