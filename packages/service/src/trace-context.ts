// The trace that a call belongs to, for whatever is called on its behalf: a subgraph has it from the router and the client of
// the engine sends it on. It is kept by OpenTelemetry's own context, so its instrumentations see it too. Node pays for such a
// context with every promise, so it is set up with the first call that has a trace, and never where tracing is off.

import type { IncomingHttpHeaders } from 'node:http';
import { context, defaultTextMapGetter, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

let isSetUp = false;

/** Runs within the trace that `traceparent` and `tracestate` name; one that is not well-formed is none. */
export function withTraceOf<Result>(headers: IncomingHttpHeaders, run: () => Result): Result {
  if (headers['traceparent'] === undefined) return run();
  setUp();
  return context.with(propagation.extract(ROOT_CONTEXT, headers, defaultTextMapGetter), run);
}

/** Leaves what an instrumentation of the process has set before. */
function setUp(): void {
  if (isSetUp) return;
  isSetUp = true;
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
}
