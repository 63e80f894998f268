// Queries and mutations: run the plan; then answer introspection beside it and write the result. A subscription's events take the
// same way with the event as the response they start from.

import type { ClientOrigin } from '@mib/service/client-origin';
import type { Permitted } from '../authorize/authorize.ts';
import type { Identity } from '../authenticate/identity.ts';
import type { Graph } from '../graph.ts';
import type { Observation } from '../observe/observation.ts';
import type { Operation } from '../parse/operation.ts';
import type { Variables } from '../parse/variables.ts';
import type { GraphError } from '../respond/graph-error.ts';
import { hasIntrospection } from '../respond/introspection.ts';
import { writeResult, type Result } from '../respond/result.ts';
import type { CompiledPlan } from './compile-plan.ts';
import type { JsonObject } from './json.ts';
import { runPlan, type CallSubgraph } from './run-plan.ts';
import type { SharedObjects } from './unify.ts';

/** One operation, ready to run. */
export interface PreparedOperation {
  readonly graph: Graph;
  readonly operation: Operation;
  /** What the operation was parsed from. */
  readonly text: string;
  readonly permitted: Permitted;
  readonly plan: CompiledPlan;
  readonly variables: Variables;
  readonly coerced: Variables;
  readonly identity: Identity;
  /** Where the client is; absent for a subscription, which its clients share. */
  readonly origin?: ClientOrigin | undefined;
  /** Goes into the answer as it is. */
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
  /** Fires when nobody waits for the answer any more. */
  readonly signal: AbortSignal | undefined;
  /** Absent for a subscription's events, which are nobody's request. */
  readonly seen?: Observation;
}

/** What a subscription starts from: an event's data and errors. */
export interface Start {
  readonly data: JsonObject;
  readonly errors: readonly GraphError[];
}

export const NO_INTROSPECTION: Readonly<Record<string, string>> = {};

/** What subgraphs have answered, merged. */
export interface Executed {
  readonly data: JsonObject;
  /** Writing the result may find more. */
  readonly errors: GraphError[];
  readonly shared: SharedObjects;
}

export async function execute(prepared: PreparedOperation, call: CallSubgraph, start: Start = { data: {}, errors: [] }): Promise<Executed> {
  const { graph, permitted, plan } = prepared;
  const execution = { ...prepared, data: start.data, errors: [...permitted.errors, ...start.errors], shared: new Map() };
  await runPlan(plan, execution, { call, types: graph.supergraph.types });
  return execution;
}

export function respond({ graph, operation, variables, coerced, extensions }: PreparedOperation, { data, errors, shared }: Executed): Result {
  const introspection = hasIntrospection(operation.definition) ? graph.introspection.answer(operation.document, operation.key, variables) : NO_INTROSPECTION;
  const text = graph.projectors.get(operation, coerced)(data, { errors, introspection, shared });
  return writeResult(text, errors, extensions);
}
