// Runs a compiled plan: every call starts as soon as the calls it waits for are done, and merges its answer into the one
// response object. A failed call leaves its fields out and one error behind; the rest of the plan goes on.

import type { ClientOrigin } from '@mib/service/client-origin';
import type { Identity } from '../authenticate/identity.ts';
import type { Observation } from '../observe/observation.ts';
import { graphError, type GraphError } from '../respond/graph-error.ts';
import type { TypeTable } from '../plan/type-table.ts';
import type { CompiledPlan, Condition, FetchPart, FetchStep } from './compile-plan.ts';
import { MAX_CONTEXTS_PER_CALL, type ContextArguments } from './context-arguments.ts';
import { isObject, type JsonObject } from './json.ts';
import { merge } from './merge.ts';
import { bodyText, givenVariables } from './request-body.ts';
import { applyRewrites } from './rewrites.ts';
import type { SubgraphAnswer, SubgraphCall } from './subgraph-client.ts';
import { fetchFailure, mapSubgraphError, type Asked } from './subgraph-errors.ts';
import { targetsAt } from './targets.ts';

/** Whom a subgraph is told the call is for; a subscription's shared calls have no origin. */
export interface CallFor {
  readonly identity: Identity;
  readonly origin?: ClientOrigin | undefined;
  /** Of the request that the call is made for. */
  readonly seen?: Observation;
}

/** How a step reaches a subgraph; the router adds identity, metrics and logging. */
export type CallSubgraph = (serviceName: string, call: Pick<SubgraphCall, 'body' | 'repeatable' | 'signal'>, caller: CallFor) => Promise<SubgraphAnswer>;

export interface Execution extends CallFor {
  /** The response while it grows; an event's data for a subscription. */
  readonly data: JsonObject;
  readonly errors: GraphError[];
  /** Variables as the client gave them, for the subgraphs. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Coerced variables with defaults, for conditions. */
  readonly coerced: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal | undefined;
}

export interface ExecutorDependencies {
  readonly call: CallSubgraph;
  readonly types: TypeTable;
}

/** Beyond this many errors a response says only that there are more. */
export const MAX_ERRORS = 500;

export async function runPlan(plan: CompiledPlan, execution: Execution, dependencies: ExecutorDependencies): Promise<void> {
  await Promise.all(startPlan(plan, () => execution, dependencies));
}

/** @returns for each step when it is done. */
export function startPlan({ steps }: CompiledPlan, executionOf: (step: FetchStep) => Execution, dependencies: ExecutorDependencies): readonly Promise<void>[] {
  const done: Promise<void>[] = [];
  for (const step of steps) {
    const run = (): Promise<void> => runStep(step, executionOf(step), dependencies);
    const waits = step.after.map((index) => done[index]!);
    done.push(waits.length === 0 ? run() : waits.length === 1 ? waits[0]!.then(run) : Promise.all(waits).then(run));
  }
  return done;
}

async function runStep(step: FetchStep, execution: Execution, dependencies: ExecutorDependencies): Promise<void> {
  const asks = step.parts.map((part) => prepare(part, execution));
  if (asks.every((ask) => ask.representations?.length === 0 || ask.targets.length === 0)) return;
  const { context } = step;
  if (!context) return exchange(step, { head: step.bodyHead, asks, members: [] }, execution, dependencies);
  await Promise.all(contextCalls(context, asks[0]!, execution.data).map((call) => exchange(step, call, execution, dependencies)));
}

/** One HTTP call of a step. */
interface Call {
  readonly head: string;
  readonly asks: readonly Ask[];
  /** Of its variables, beside representations and what the client gave. */
  readonly members: readonly string[];
}

async function exchange(step: FetchStep, { head, asks, members }: Call, execution: Execution, { call, types }: ExecutorDependencies): Promise<void> {
  const { serviceName } = step;
  const body = bodyText(head, [...asks.flatMap(representationsOf), ...members, ...givenVariables(step.variableNames, execution.variables)]);
  const answer = await call(serviceName, { body, repeatable: step.repeatable, signal: execution.signal }, execution);
  if (answer.kind === 'failed') {
    const asked = asks.filter((ask) => ask.targets.length > 0 && ask.representations?.length !== 0);
    addErrors(execution, asked.map((ask) => fetchFailure(ask.part, execution.data, { code: answer.code, serviceName })));
    return;
  }
  for (const error of answer.errors) {
    const { part, asked } = concerned(error.path, asks);
    addErrors(execution, mapSubgraphError(error, { part, asked, root: execution.data, serviceName }));
  }
  if (answer.data === null) return;
  for (const ask of asks) mergeAnswer(ask, answer.data, execution, types, serviceName);
}

interface Ask {
  readonly part: FetchPart;
  readonly targets: readonly JsonObject[];
  readonly asked: Asked;
  /** Without duplicates; absent for a root fetch. */
  readonly representations?: readonly string[];
}

function prepare(part: FetchPart, execution: Execution): Ask {
  const wanted = part.conditions.every((condition) => holds(condition, execution.coerced));
  const targets = wanted ? targetsAt(execution.data, part.path) : [];
  if (!part.entities) return { part, targets, asked: [] };
  const indexes = new Map<string, number>();
  const asked = targets.map((target) => {
    const representation = part.entities!.represent(target);
    if (representation === undefined) return -1;
    const known = indexes.get(representation);
    if (known !== undefined) return known;
    indexes.set(representation, indexes.size);
    return indexes.size - 1;
  });
  return { part, targets, asked, representations: [...indexes.keys()] };
}

function holds(condition: Condition, variables: Readonly<Record<string, unknown>>): boolean {
  return (variables[condition.variable] === true) === condition.expected;
}

function representationsOf({ part, representations }: Ask): readonly string[] {
  return part.entities && representations ? [`"${part.entities.variable}":[${representations.join(',')}]`] : [];
}

/** One ask per set of context values, so many to a call as its operation takes. */
function contextCalls(context: ContextArguments, whole: Ask, root: JsonObject): readonly Call[] {
  const groups = context.group(root, whole.part.path).filter(({ targets }) => [...targets].some((target) => (whole.asked[target] ?? -1) >= 0));
  const calls: Call[] = [];
  for (let from = 0; from < groups.length; from += MAX_CONTEXTS_PER_CALL) {
    const members = groups.slice(from, from + MAX_CONTEXTS_PER_CALL);
    const { bodyHead: head, parts, variableName } = context.operationFor(members.length);
    calls.push({
      head,
      asks: members.map(({ targets }, index) => narrow(whole, targets, parts[index]!)),
      members: members.flatMap(({ values }, index) => [...values].map(([variable, json]) => `${JSON.stringify(variableName(variable, index))}:${json}`)),
    });
  }
  return calls;
}

/** The same ask for some of its targets. */
function narrow({ part, targets, asked, representations }: Ask, chosen: ReadonlySet<number>, names: Pick<NonNullable<FetchPart['entities']>, 'responseKey' | 'variable'>): Ask {
  const used = [...new Set(asked.filter((index, target) => index >= 0 && chosen.has(target)))];
  return {
    part: { ...part, entities: { ...part.entities!, ...names } },
    targets,
    asked: asked.map((index, target) => (chosen.has(target) ? used.indexOf(index) : -1)),
    representations: used.map((index) => representations![index]!),
  };
}

/** In a joined call the first path element tells whose error it is. */
function concerned(path: unknown, asks: readonly Ask[]): Ask {
  const key: unknown = Array.isArray(path) ? path[0] : undefined;
  return asks.find((ask) => ask.part.entities?.responseKey === key) ?? asks[0]!;
}

function mergeAnswer(ask: Ask, data: JsonObject, execution: Execution, types: TypeTable, serviceName: string): void {
  const { part, targets, asked } = ask;
  if (!part.entities) {
    applyRewrites(part.outputRewrites, types, data);
    for (const target of targets) merge(target, data);
    return;
  }
  const entities = data[part.entities.responseKey];
  if (!Array.isArray(entities) || entities.length !== ask.representations?.length) {
    if (entities !== null) addErrors(execution, [fetchFailure(part, execution.data, { code: 'SUBGRAPH_BAD_RESPONSE', serviceName })]);
    return;
  }
  for (const entity of entities) if (isObject(entity)) applyRewrites(part.outputRewrites, types, entity);
  targets.forEach((target, index) => {
    const entity: unknown = entities[asked[index]!];
    if (isObject(entity)) merge(target, entity);
  });
}

function addErrors(execution: Execution, errors: readonly GraphError[]): void {
  for (const error of errors) {
    if (execution.errors.length < MAX_ERRORS) execution.errors.push(error);
    else if (execution.errors.length === MAX_ERRORS) execution.errors.push(graphError('INTERNAL', `more than ${MAX_ERRORS} errors`));
  }
}
