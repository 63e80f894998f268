// The path of one request, in order:
//
//   http / sse / websocket -> admit -> authenticate -> document -> parse, validate, limits -> authorize -> cost -> plan -> execute -> respond
//
// A query ends in one result (with @defer in a stream of its parts), a subscription in a stream of the same results. Every refusal is a RequestRefused and happens
// before any subgraph is called.

import type { ClientOrigin } from '@mib/service/client-origin';
import type { LoadShedder } from './admission/load-shedder.ts';
import type { RateLimiter } from './admission/rate-limiter.ts';
import type { Authenticator, Caller } from './authenticate/authenticator.ts';
import type { Identity } from './authenticate/identity.ts';
import type { Permitted } from './authorize/authorize.ts';
import type { ReportCost } from './cost/report-cost.ts';
import type { DocumentParameters, Documents } from './documents/documents.ts';
import { execute, respond, type Executed, type PreparedOperation } from './execute/execute.ts';
import { executeInParts } from './execute/execute-in-parts.ts';
import type { Graph } from './graph.ts';
import type { Observation } from './observe/observation.ts';
import { observed } from './observe/observed.ts';
import type { Observer } from './observe/observer.ts';
import type { Operation } from './parse/operation.ts';
import { coerceVariables, type Variables } from './parse/variables.ts';
import type { RequestRefused } from './respond/graph-error.ts';
import { viewPlan } from './respond/query-plan-view.ts';
import type { Result } from './respond/result.ts';
import type { Hub } from './subscribe/hub.ts';
import type { ResultStream } from './subscribe/member.ts';

export interface GraphRequest extends DocumentParameters {
  readonly caller: Caller;
  /** Where the client is, for the records of subgraphs. */
  readonly origin?: ClientOrigin;
  readonly operationName: string | undefined;
  readonly variables: Variables;
  /** Which kinds of operation this door lets through: a GET must be safe, and plain HTTP has no stream. */
  readonly allows: (kind: Operation['kind']) => RequestRefused | undefined;
  /** Whether this door delivers an answer in parts; @defer is not heeded otherwise. */
  readonly takesParts?: boolean;
  /** Writes a header of the answer, where there are headers. */
  readonly setHeader?: (name: string, value: string) => void;
  /** Whether the caller would like to see the query plan. */
  readonly showPlan?: boolean;
  /** Fires when the client has gone. */
  readonly signal: AbortSignal;
}

export type Answer =
  | { readonly kind: 'result'; readonly operation: Operation; readonly result: Result }
  | { readonly kind: 'stream'; readonly operation: Operation; readonly stream: ResultStream };

export interface Pipeline {
  /** @throws {RequestRefused} */
  answer(request: GraphRequest): Promise<Answer>;
}

export interface PipelineParts {
  readonly load: LoadShedder;
  readonly rateLimiter: RateLimiter;
  readonly reportCost: ReportCost;
  readonly authenticator: Authenticator;
  readonly documents: Documents;
  readonly graph: () => Graph;
  readonly hub: Hub;
  readonly mayShowPlan: (identity: Identity) => boolean;
  readonly observer: Observer;
}

export function createPipeline({ load, rateLimiter, authenticator, documents, graph: currentGraph, hub, mayShowPlan, reportCost, observer }: PipelineParts): Pipeline {
  const stages = observed({
    authenticate: (caller: Caller) => authenticator.authenticate(caller),
    document: (request: GraphRequest) => documents.textOf(request),
    parse: (graph: Graph, text: string, name: string | undefined) => graph.parser.parse(text, name),
    authorize: (graph: Graph, operation: Operation, identity: Identity, coerced: Variables) => graph.authorizer.authorize(operation, identity, coerced),
    plan: (graph: Graph, permitted: Permitted, coerced: Variables) => graph.plans.of(permitted, coerced),
    execute: (prepared: PreparedOperation) => execute(prepared, prepared.graph.call),
    respond: (prepared: PreparedOperation, executed: Executed, cost: number) => reportCost(prepared, cost, respond(prepared, executed)),
  });
  const inParts = observed({ execute: executeInParts });
  const answer = async (request: GraphRequest, seen: Observation): Promise<Answer> => {
    using _place = load.enter();
    const identity = await stages.authenticate(seen, request.caller);
    const client = { identity, origin: request.origin, setHeader: request.setHeader };
    await rateLimiter.takeForClient(client);
    const text = await stages.document(seen, request);
    const graph = currentGraph();
    using _running = graph.leases.take();
    const whole = await stages.parse(seen, graph, text, request.operationName);
    seen.asks(whole, request.published === true || documents.isTrusted(text));
    refuseIfNotAllowed(whole, request);
    await rateLimiter.takeForOperation(client, whole);
    const coerced = coerceVariables(graph.supergraph.apiSchema, whole, request.variables, graph.limits);
    const operation = (request.takesParts && whole.inParts?.with(coerced)) || whole;
    const permitted = stages.authorize(seen, graph, operation, identity, coerced);
    const cost = graph.costs.enforce(operation, coerced);
    const plan = await stages.plan(seen, graph, permitted, coerced);
    // A mutation goes on when its client hangs up: half of one is worse than all of it.
    const signal = operation.kind === 'mutation' ? undefined : request.signal;
    const prepared = { graph, text, operation, permitted, plan, variables: request.variables, coerced, identity, signal };
    if (operation.kind === 'subscription') return { kind: 'stream', operation, stream: hub.subscribe(prepared) };
    const extensions = request.showPlan && mayShowPlan(identity) ? { queryPlan: viewPlan(plan) } : undefined;
    const asked = { ...prepared, origin: request.origin, extensions, seen };
    if (operation.deferred) return { kind: 'stream', operation, stream: await inParts.execute(seen, asked, graph.call, [load.stay(), graph.leases.take()]) };
    return { kind: 'result', operation, result: stages.respond(seen, asked, await stages.execute(seen, asked), cost) };
  };
  return { answer: (request) => observer.watch('headers' in request.caller ? request.caller.headers : undefined, (seen) => answer(request, seen)) };
}

function refuseIfNotAllowed(operation: Operation, request: GraphRequest): void {
  const refusal = request.allows(operation.kind);
  if (refusal) throw refusal;
}
