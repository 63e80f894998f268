// The spans of one request: one for the whole, one for each stage in it, and one for each fetch in the stage that makes it.
// What a client or subgraph could have put a secret into (documents, variables, messages) is never an attribute.
//
//   query TopProducts
//     authenticate | document | parse | authorize | plan | execute              | respond
//                                                           fetch products, ...

import { defaultTextMapSetter, SpanKind, SpanStatusCode, trace, type Attributes, type Context, type Span, type TextMapPropagator, type Tracer } from '@opentelemetry/api';
import type { SubgraphAnswer } from '../execute/subgraph-client.ts';
import type { Operation } from '../parse/operation.ts';
import type { Stage } from './observation.ts';

export interface FetchSpan {
  /** traceparent and tracestate, where there is a trace. */
  readonly headers: Readonly<Record<string, string>>;
  readonly end: (answer: SubgraphAnswer) => void;
}

export interface RequestEnd {
  readonly operation: Operation | undefined;
  readonly label: string;
  readonly outcome: string;
  readonly code: string | undefined;
}

/** Codes of refusals that are the router's or the platform's fault, not the client's. */
const OWN_FAULTS: ReadonlySet<string> = new Set(['INTERNAL', 'PLANNING_FAILED', 'PLANNING_TIMEOUT', 'AUTHENTICATION_UNAVAILABLE', 'RATE_LIMIT_UNAVAILABLE']);

export class RequestSpans {
  readonly #tracer: Tracer;
  readonly #propagator: TextMapPropagator;
  readonly #root: Span;
  readonly #context: Context;
  readonly #isRecorded: boolean;
  /** Of the stage that runs. */
  #here: Context;
  #stage: Span | undefined;

  /** @param parent - of the client, or empty. */
  constructor(tracer: Tracer, propagator: TextMapPropagator, parent: Context) {
    this.#tracer = tracer;
    this.#propagator = propagator;
    this.#root = tracer.startSpan('graphql', { kind: SpanKind.SERVER }, parent);
    this.#isRecorded = this.#root.isRecording();
    this.#context = trace.setSpan(parent, this.#root);
    this.#here = this.#context;
  }

  get traceId(): string | undefined {
    return this.#isRecorded ? this.#root.spanContext().traceId : undefined;
  }

  enter(stage: Stage): void {
    this.#stage?.end();
    if (!this.#isRecorded) return;
    this.#stage = this.#tracer.startSpan(stage, {}, this.#context);
    this.#here = trace.setSpan(this.#context, this.#stage);
  }

  /** A trace that is not recorded here is still passed on, as its sender decided. Deferred parts fetch after the end. */
  fetch(subgraph: string, url: URL): FetchSpan {
    const attributes = this.#isRecorded ? attributesOf(subgraph, url) : {};
    const span = this.#tracer.startSpan(`fetch ${subgraph}`, { kind: SpanKind.CLIENT, attributes }, this.#here);
    const headers: Record<string, string> = {};
    this.#propagator.inject(trace.setSpan(this.#here, span), headers, defaultTextMapSetter);
    return { headers, end: (answer) => endFetch(span, answer) };
  }

  end({ operation, label, outcome, code }: RequestEnd): void {
    this.#stage?.end();
    if (operation) {
      this.#root.updateName(label === operation.name ? `${operation.kind} ${label}` : operation.kind);
      this.#root.setAttribute('graphql.operation.type', operation.kind);
      if (operation.name !== undefined) this.#root.setAttribute('graphql.operation.name', operation.name);
    }
    this.#root.setAttribute('mib.outcome', outcome);
    if (code !== undefined) fail(this.#root, code, OWN_FAULTS.has(code));
    this.#root.end();
  }
}

function endFetch(span: Span, answer: SubgraphAnswer): void {
  if (answer.status !== undefined) span.setAttribute('http.response.status_code', answer.status);
  if (answer.kind === 'failed') fail(span, answer.code, true);
  else if (answer.errors.length > 0) span.setAttribute('mib.graphql.errors', answer.errors.length);
  span.end();
}

function fail(span: Span, code: string, isError: boolean): void {
  span.setAttribute('error.type', code);
  if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
}

/** By OpenTelemetry's conventions for HTTP clients; a URL may hold credentials before the @ and behind the ?. */
function attributesOf(subgraph: string, url: URL): Attributes {
  return {
    'mib.subgraph': subgraph,
    'http.request.method': 'POST',
    'url.full': `${url.origin}${url.pathname}`,
    'server.address': url.hostname,
    'server.port': Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
  };
}
