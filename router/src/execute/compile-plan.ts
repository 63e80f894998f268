// Turns Apollo's plan tree into a flat list of HTTP calls, once per operation. Each call knows which earlier calls it waits
// for, so nothing waits for a whole level; entity fetches of one subgraph that are due together, or could be, are joined into one.

import { Kind, parse, type SelectionNode, type SelectionSetNode } from 'graphql';
import type { FetchDataRewrite, FetchNode, PlanNode, QueryPlan } from '../plan/planner.ts';
import type { TypeTable } from '../plan/type-table.ts';
import { ContextArguments } from './context-arguments.ts';
import { joinOperations, withoutName } from './join-operations.ts';
import { bodyHead } from './request-body.ts';
import { compileRepresentation, leafNameIn, type WriteRepresentation } from './representation.ts';
import { unifySpots, type UnifySpot } from './unify.ts';

/** One fetch of the plan: where it writes and what it asks about. */
export interface FetchPart {
  readonly path: readonly string[];
  /** Absent for a root fetch. */
  readonly entities?: { readonly list: EntityList; readonly represent: WriteRepresentation; readonly keyName: string | undefined };
  readonly outputRewrites: readonly FetchDataRewrite[];
  /** Response names it asks for, directly below its target; for error paths. */
  readonly fields: readonly string[];
}

/** One `_entities` field of a call; parts that ask the same of their objects share one. */
export interface EntityList {
  readonly responseKey: string;
  readonly variable: string;
}

/** One HTTP call. */
export interface FetchStep {
  readonly serviceName: string;
  /** A query may be sent again after a lost connection, a mutation never. */
  readonly repeatable: boolean;
  /** Indexes of the steps that must be done before. */
  readonly after: readonly number[];
  /** The deferred part of the answer that it is for; absent when it is for the first. */
  readonly stage?: string;
  readonly parts: readonly FetchPart[];
  /** Whether each place gets a copy of its own of what is answered: later arguments come from above and differ between places. */
  readonly keepsApart: boolean;
  /** Where objects may have become equal by it. */
  readonly unify: readonly UnifySpot[];
  /** Start of the JSON body, up to and including `"variables":{`. */
  readonly bodyHead: string;
  readonly variableNames: readonly string[];
  /** Present when arguments come from ancestors in the response: `bodyHead` and `parts[0]` then hold for one set of values. */
  readonly context?: ContextArguments;
}

export interface CompiledPlan {
  readonly steps: readonly FetchStep[];
  /** Only in a plan of a subscription: what to subscribe to; `steps` then join each event. */
  readonly primary?: { readonly fetch: FetchNode; readonly fields: readonly string[] };
}

export function compilePlan(plan: QueryPlan, types: TypeTable): CompiledPlan {
  const { node } = plan;
  if (!node) return { steps: [] };
  if (node.kind !== 'Subscription') return { steps: compileSteps(node, types) };
  const primary = { fetch: node.primary, fields: fieldsOf(node.primary) };
  return { steps: node.rest ? compileSteps(node.rest, types) : [], primary };
}

interface PlannedFetch {
  readonly node: FetchNode;
  readonly path: readonly string[];
  readonly after: readonly number[];
  readonly stage: string | undefined;
  readonly level: number;
}

function compileSteps(root: PlanNode, types: TypeTable): FetchStep[] {
  const fetches: PlannedFetch[] = [];
  place(root, { path: [], after: [], stage: undefined }, fetches);
  const groups = groupFetches(fetches);
  const groupOf = new Map<number, number>(groups.flatMap((group, index) => group.map((fetch) => [fetch, index] as const)));
  const steps = groups.map((group) => {
    const members = group.map((index) => fetches[index]!);
    const after = new Set(members.flatMap((fetch) => fetch.after.map((index) => groupOf.get(index)!)));
    return compileStep(members, [...after], types);
  });
  const spots = unifySpots(steps);
  const keepsApart = steps.some(({ context }) => context !== undefined);
  return steps.map((step, index) => ({ ...step, keepsApart, unify: spots[index]! }));
}

type Place = Pick<PlannedFetch, 'path' | 'after' | 'stage'>;

/** Lists the fetches below a node and returns those that a following node must wait for. */
function place(node: PlanNode, at: Place, fetches: PlannedFetch[]): readonly number[] {
  switch (node.kind) {
    case 'Fetch': {
      const level = 1 + Math.max(-1, ...at.after.map((index) => fetches[index]!.level));
      return [fetches.push({ node, ...at, level }) - 1];
    }
    case 'Flatten':
      return place(node.node, { ...at, path: [...at.path, ...node.path.map(String)] }, fetches);
    case 'Sequence':
      return node.nodes.reduce<readonly number[]>((after, child) => place(child, { ...at, after }, fetches), at.after);
    case 'Parallel':
      return [...new Set(node.nodes.flatMap((child) => place(child, at, fetches)))];
    case 'Condition':
      throw new Error(`$${node.condition} was decided before planning`);
    case 'Defer': {
      const primary = node.primary.node ? place(node.primary.node, at, fetches) : at.after;
      for (const { node: deferred, depends, label } of node.deferred) {
        const ids = depends.map(({ id }) => id);
        const awaited = fetches.flatMap((fetch, index) => (ids.includes(fetch.node.id ?? '') ? [index] : []));
        if (deferred) place(deferred, { ...at, after: [...new Set([...at.after, ...awaited])], stage: label }, fetches);
      }
      return primary;
    }
  }
}

/** Groups in an order in which every group comes after those it waits for. */
function groupFetches(fetches: readonly PlannedFetch[]): number[][] {
  const levels = fetches.map((_, index) => levelToJoin(index, fetches));
  const groups = new Map<string, number[]>();
  const order = fetches.map((_, index) => index).sort((a, b) => levels[a]! - levels[b]! || a - b);
  for (const index of order) {
    const { node, stage } = fetches[index]!;
    const key = `${levels[index]} ${stage ?? ''} ${node.serviceName} ${isJoinable(node) ? '' : index}`;
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  }
  return [...groups.values()];
}

/** A fetch that no other waits for goes with the last one to the same subgraph: the answer is not complete before that anyway. */
function levelToJoin(index: number, fetches: readonly PlannedFetch[]): number {
  const { node, level, stage } = fetches[index]!;
  if (!isJoinable(node) || fetches.some(({ after }) => after.includes(index))) return level;
  const others = fetches.filter((one) => isJoinable(one.node) && one.node.serviceName === node.serviceName && one.stage === stage);
  return Math.max(...others.map((one) => one.level));
}

function isJoinable({ requires, contextRewrites }: FetchNode): boolean {
  return requires !== undefined && !contextRewrites?.length;
}

function compileStep(members: readonly PlannedFetch[], after: readonly number[], types: TypeTable): Omit<FetchStep, 'keepsApart' | 'unify'> {
  const [first] = members;
  if (!first) throw new Error('a step has at least one fetch');
  const { node, stage } = first;
  const asks = members.map((member, index) => (selectsLeavesOnly(member.node) ? askOf(member.node) : String(index)));
  const differentAsks = [...new Set(asks)];
  const joined = node.requires ? joinOperations(differentAsks.map((ask) => members[asks.indexOf(ask)]!.node.operation)) : undefined;
  const parts = members.map((member, index): FetchPart => {
    const list = joined?.parts[differentAsks.indexOf(asks[index]!)];
    const { requires, inputRewrites, outputRewrites } = member.node;
    return {
      path: member.path,
      ...(requires && list ? { entities: { list, represent: compileRepresentation(requires, inputRewrites ?? [], types), keyName: leafNameIn(requires) } } : {}),
      outputRewrites: outputRewrites ?? [],
      fields: fieldsOf(member.node),
    };
  });
  const context = node.contextRewrites?.length ? new ContextArguments(node, types) : undefined;
  return {
    serviceName: node.serviceName,
    repeatable: node.operationKind === 'query',
    after,
    ...(stage === undefined ? {} : { stage }),
    parts,
    bodyHead: bodyHead(joined?.text ?? node.operation, node.operationName),
    variableNames: [...new Set(members.flatMap((member) => member.node.variableUsages ?? []))].filter((name) => !context?.variables.has(name)),
    ...(context ? { context } : {}),
  };
}

/** Equal for fetches whose entities may travel in one list: the same fields are asked of each, and treated alike. */
function askOf({ operation, outputRewrites }: FetchNode): string {
  return `${withoutName(operation)} ${JSON.stringify(outputRewrites ?? [])}`;
}

/** An object below an entity would stand at the places of both parts, and what each fetches for it may bear the same name. */
function selectsLeavesOnly({ operation }: FetchNode): boolean {
  const isLeaf = (selection: SelectionNode): boolean => (selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet.selections.every(isLeaf) : selection.kind === Kind.FIELD && !selection.selectionSet);
  const [entities] = selectionOf(operation)?.selections ?? [];
  return entities?.kind === Kind.FIELD && entities.selectionSet?.selections.every(isLeaf) === true;
}

function selectionOf(operation: string): SelectionSetNode | undefined {
  const [definition] = parse(operation).definitions;
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet : undefined;
}

function fieldsOf(fetch: FetchNode): readonly string[] {
  const selectionSet = selectionOf(fetch.operation);
  const names = selectionSet ? responseNames(selectionSet, fetch.requires !== undefined) : [];
  return [...names].filter((name) => name !== '__typename');
}

function responseNames(selectionSet: SelectionSetNode, belowEntities: boolean): Set<string> {
  const names = new Set<string>();
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD && belowEntities && selection.selectionSet) {
      for (const name of responseNames(selection.selectionSet, false)) names.add(name);
    } else if (selection.kind === Kind.FIELD) {
      names.add((selection.alias ?? selection.name).value);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      for (const name of responseNames(selection.selectionSet, belowEntities)) names.add(name);
    }
  }
  return names;
}
