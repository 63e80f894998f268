// Runs a compiled plan: every call starts as soon as the calls it waits for are done, and merges its answer into the one
// response object. A failed call leaves its fields out and one error behind; the rest of the plan goes on.

import type { ClientOrigin } from '@mib/service/client-origin';
import type { Identity } from '../authenticate/identity.ts';
import type { Observation } from '../observe/observation.ts';
import { graphError, type GraphError } from '../respond/graph-error.ts';
import type { TypeTable } from '../plan/type-table.ts';
import type { CompiledPlan, EntityList, FetchPart, FetchStep } from './compile-plan.ts';
import { MAX_CONTEXTS_PER_CALL, type ContextArguments } from './context-arguments.ts';
import { isObject, type JsonObject } from './json.ts';
import { merge } from './merge.ts';
import type { WriteRepresentation } from './representation.ts';
import { bodyText, givenVariables } from './request-body.ts';
import { applyRewrites } from './rewrites.ts';
import type { SubgraphAnswer, SubgraphCall } from './subgraph-client.ts';
import { fetchFailure, mapSubgraphError, type Asked } from './subgraph-errors.ts';
import { replaceTargets, targetsAt } from './targets.ts';
import { unify, type SharedObjects } from './unify.ts';

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
  /** Objects of `data` that stand at several places. */
  readonly shared: SharedObjects;
  /** Variables as the client gave them, for the subgraphs. */
  readonly variables: Readonly<Record<string, unknown>>;
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
  const asks = prepare(step, execution);
  if (!asks.some(isAsking)) return;
  const { context } = step;
  if (context) return void (await Promise.all(contextCalls(context, asks[0]!, execution.data).map((call) => exchange(step, call, execution, dependencies))));
  await exchange(step, { head: step.bodyHead, asks, members: [] }, execution, dependencies);
  for (const spot of step.unify) unify(spot, execution.data, execution.shared);
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
  const body = bodyText(head, [...representationsOf(asks), ...members, ...givenVariables(step.variableNames, execution.variables)]);
  const answer = await call(serviceName, { body, repeatable: step.repeatable, signal: execution.signal }, execution);
  if (answer.kind === 'failed') {
    addErrors(execution, asks.filter(isAsking).map((ask) => fetchFailure(ask.part, execution.data, { code: answer.code, serviceName })));
    return;
  }
  for (const error of answer.errors) {
    for (const ask of concerned(error.path, asks)) addErrors(execution, mapSubgraphError(error, { ...ask, root: execution.data, serviceName }));
  }
  if (answer.data === null) return;
  for (const ask of asks) mergeAnswer(ask, answer.data, execution, { types, step });
}

interface Ask extends Asked {
  readonly part: FetchPart;
  /** Absent for a root fetch. */
  readonly list?: Representations;
}

/** What one `_entities` field is asked with: texts without duplicates, from all parts that share it. */
interface Representations extends EntityList {
  readonly texts: string[];
  readonly indexes: Map<string, number>;
}

function prepare({ parts }: FetchStep, execution: Execution): readonly Ask[] {
  const lists = new Map<EntityList, Representations>();
  return parts.map((part) => {
    const { list: name, represent } = part.entities ?? {};
    if (!name || !represent) return { part, targets: targetsAt(execution.data, part.path), asked: [] };
    let list = lists.get(name);
    if (!list) lists.set(name, (list = { ...name, texts: [], indexes: new Map() }));
    const ask = { part, list, targets: [], asked: [] };
    askAbout(ask, represent, execution);
    return ask;
  });
}

/** Numbers the targets of a part by what is asked about them. */
function askAbout({ part, list, targets, asked }: { readonly part: FetchPart; readonly list: Representations; readonly targets: JsonObject[]; readonly asked: number[] }, represent: WriteRepresentation, { data, shared }: Execution): void {
  const ask = (target: JsonObject): JsonObject => {
    const text = represent(target);
    targets.push(target);
    asked.push(text === undefined ? -1 : indexIn(list, text));
    return target;
  };
  replaceTargets(data, part.path, ask, shared);
}

function indexIn({ texts, indexes }: Representations, text: string): number {
  const known = indexes.get(text);
  if (known !== undefined) return known;
  indexes.set(text, texts.length);
  return texts.push(text) - 1;
}

function isAsking({ targets, list, asked }: Ask): boolean {
  return list ? asked.some((index) => index >= 0) : targets.length > 0;
}

function representationsOf(asks: readonly Ask[]): readonly string[] {
  const lists = new Set(asks.flatMap(({ list }) => list ?? []));
  return [...lists].map(({ variable, texts }) => `"${variable}":[${texts.join(',')}]`);
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
function narrow({ part, targets, asked, list }: Ask, chosen: ReadonlySet<number>, name: EntityList): Ask {
  const used = [...new Set(asked.filter((index, target) => index >= 0 && chosen.has(target)))];
  return {
    part,
    targets,
    asked: asked.map((index, target) => (chosen.has(target) ? used.indexOf(index) : -1)),
    list: { ...name, texts: used.map((index) => list!.texts[index]!), indexes: new Map() },
  };
}

/** In a joined call the first path element tells whose error it is, the second about which of its objects. */
function concerned(path: unknown, asks: readonly Ask[]): readonly Ask[] {
  const [key, index]: readonly unknown[] = Array.isArray(path) ? path : [];
  const sharing = asks.filter((ask) => ask.list?.responseKey === key && isAsking(ask));
  const about = typeof index === 'number' ? sharing.filter(({ asked }) => asked.includes(index)) : sharing;
  return about.length > 0 ? about : asks.slice(0, 1);
}

function mergeAnswer(ask: Ask, data: JsonObject, execution: Execution, { types, step }: { readonly types: TypeTable; readonly step: FetchStep }): void {
  const { serviceName, keepsApart } = step;
  const { part, targets, asked, list } = ask;
  if (!list) {
    applyRewrites(part.outputRewrites, types, data);
    for (const target of targets) merge(target, data, types);
    return;
  }
  const entities = data[list.responseKey];
  if (!Array.isArray(entities) || entities.length !== list.texts.length) {
    if (entities !== null && isAsking(ask)) addErrors(execution, [fetchFailure(part, execution.data, { code: 'SUBGRAPH_BAD_RESPONSE', serviceName })]);
    return;
  }
  // Parts that share a list have the same rewrites, and a second time there is nothing left to rewrite.
  if (part.outputRewrites.length > 0) for (const entity of entities) if (isObject(entity)) applyRewrites(part.outputRewrites, types, entity);
  for (let index = 0; index < targets.length; index++) {
    const entity: unknown = entities[asked[index]!];
    if (isObject(entity)) merge(targets[index]!, keepsApart ? structuredClone(entity) : entity, types);
  }
}

function addErrors(execution: Execution, errors: readonly GraphError[]): void {
  for (const error of errors) {
    if (execution.errors.length < MAX_ERRORS) execution.errors.push(error);
    else if (execution.errors.length === MAX_ERRORS) execution.errors.push(graphError('INTERNAL', `more than ${MAX_ERRORS} errors`));
  }
}
