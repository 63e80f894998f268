// Apollo's planner loses a dependency where a chain of @requires comes back to a subgraph: what the middle of the chain requires
// is fetched beside the fetch that needs it, which is then told nothing of it. Such a fetch is told, and waits:
//
//   Parallel { b { ... on P { id } => chain1 }, a { ... on P { id } => base } }
//     => Sequence { a { ... on P { id } => base }, b { ... on P { id base } => chain1 } }

import { Kind, parse, type ConstDirectiveNode, type DocumentNode, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';
import { argumentOf, readServiceNames } from './join-directives.ts';
import { mapFetches } from './map-fetches.ts';
import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from './planner.ts';

/** By `service Type.field`: what the field requires. */
type Requirements = ReadonlyMap<string, readonly QueryPlanSelectionNode[]>;

/** A field that a fetch needs and was not told. */
interface Missing {
  readonly path: string;
  readonly type: string;
  readonly field: QueryPlanSelectionNode;
}

/** @param document - the supergraph as the planner is given it. */
export function requiresCompleterOf(document: DocumentNode): (plan: QueryPlan) => QueryPlan {
  const requirements = readRequirements(document);
  if (requirements.size === 0) return (plan) => plan;
  return (plan) => {
    const { node } = plan;
    if (!node || missingBelow(node.kind === 'Subscription' ? node.rest : node, [], requirements).length === 0) return plan;
    const ordered: QueryPlan = node.kind === 'Subscription' ? { ...plan, node: { ...node, ...(node.rest ? { rest: order(node.rest, [], requirements) } : {}) } } : { ...plan, node: order(node, [], requirements) };
    return mapFetches(ordered, (fetch, path) => [withMissing(fetch, missingOf(fetch, path, requirements))]);
  };
}

/** Branches of a Parallel that miss what another branch fetches go behind that branch. */
function order(node: PlanNode, path: readonly string[], requirements: Requirements): PlanNode {
  switch (node.kind) {
    case 'Fetch':
      return node;
    case 'Flatten':
      return { ...node, node: order(node.node, [...path, ...node.path.map(String)], requirements) };
    case 'Sequence':
      return { ...node, nodes: node.nodes.map((child) => order(child, path, requirements)) };
    case 'Parallel':
      return orderParallel(node.nodes.map((child) => order(child, path, requirements)), path, requirements);
    case 'Condition':
    case 'Defer':
      return node;
  }
}

function orderParallel(children: readonly PlanNode[], path: readonly string[], requirements: Requirements): PlanNode {
  const late = children.filter((child) => missingBelow(child, path, requirements).length > 0);
  const missing = late.flatMap((child) => missingBelow(child, path, requirements));
  const providers = children.filter((child) => !late.includes(child) && missing.some((one) => provides(child, path, one)));
  if (providers.length === 0) return parallel(children);
  const others = children.filter((child) => !late.includes(child) && !providers.includes(child));
  return parallel([...others, { kind: 'Sequence', nodes: [parallel(providers), parallel(late)] }]);
}

function parallel(nodes: readonly PlanNode[]): PlanNode {
  const [only, ...more] = nodes;
  return only && more.length === 0 ? only : { kind: 'Parallel', nodes: [...nodes] };
}

function fetchesBelow(node: PlanNode | undefined, path: readonly string[]): readonly (readonly [FetchNode, readonly string[]])[] {
  if (!node) return [];
  const found: (readonly [FetchNode, readonly string[]])[] = [];
  mapFetches({ kind: 'QueryPlan', node }, (fetch, below) => {
    found.push([fetch, [...path, ...below]]);
    return [fetch];
  });
  return found;
}

function missingBelow(node: PlanNode | undefined, path: readonly string[], requirements: Requirements): readonly Missing[] {
  return fetchesBelow(node, path).flatMap(([fetch, at]) => missingOf(fetch, at, requirements));
}

function missingOf(fetch: FetchNode, path: readonly string[], requirements: Requirements): readonly Missing[] {
  if (!fetch.requires) return [];
  const told = new Set(fetch.requires.flatMap((one) => (one.kind === 'InlineFragment' ? one.selections : [one])).map((one) => (one.kind === 'Field' ? one.name : '')));
  return entityFields(fetch).flatMap(([type, field]) =>
    (requirements.get(`${fetch.serviceName} ${type}.${field}`) ?? []).filter((one) => one.kind === 'Field' && !told.has(one.name)).map((one) => ({ path: path.join('.'), type, field: one })),
  );
}

function provides(node: PlanNode, path: readonly string[], { path: wanted, field }: Missing): boolean {
  return fetchesBelow(node, path).some(([fetch, at]) => at.join('.') === wanted && field.kind === 'Field' && entityFields(fetch).some(([, name]) => name === field.name));
}

function withMissing(fetch: FetchNode, missing: readonly Missing[]): FetchNode {
  if (missing.length === 0) return fetch;
  const requires = (fetch.requires ?? []).map((one): QueryPlanSelectionNode => {
    if (one.kind !== 'InlineFragment') return one;
    const added = missing.filter(({ type }) => type === one.typeCondition).map(({ field }) => field);
    return { ...one, selections: [...one.selections, ...added.filter((field, index) => added.findIndex((other) => nameOf(other) === nameOf(field)) === index)] };
  });
  return { ...fetch, requires };
}

/** `[type, field]` of what an entity fetch asks of its entities. */
function entityFields(fetch: FetchNode): readonly (readonly [string, string])[] {
  const [definition] = parse(fetch.operation, { noLocation: true }).definitions as readonly [OperationDefinitionNode];
  const [entities] = definition.selectionSet.selections;
  return entities?.kind === Kind.FIELD && entities.name.value === '_entities' && entities.selectionSet ? fieldsOf(entities.selectionSet, '') : [];
}

function fieldsOf({ selections }: SelectionSetNode, type: string): readonly (readonly [string, string])[] {
  return selections.flatMap((selection): readonly (readonly [string, string])[] => {
    if (selection.kind === Kind.FIELD) return [[type, selection.name.value]];
    return selection.kind === Kind.INLINE_FRAGMENT ? fieldsOf(selection.selectionSet, selection.typeCondition?.name.value ?? type) : [];
  });
}

function readRequirements(document: DocumentNode): Requirements {
  const serviceNames = readServiceNames(document);
  const requirements = new Map<string, readonly QueryPlanSelectionNode[]>();
  for (const type of document.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of type.fields ?? []) {
      for (const directive of (field.directives ?? []) as readonly ConstDirectiveNode[]) {
        const requires = directive.name.value === 'join__field' ? argumentOf(directive, 'requires') : undefined;
        const graph = String(argumentOf(directive, 'graph'));
        if (typeof requires === 'string') requirements.set(`${serviceNames.get(graph) ?? graph} ${type.name.value}.${field.name.value}`, planSelections(requires));
      }
    }
  }
  return requirements;
}

function planSelections(fieldSet: string): readonly QueryPlanSelectionNode[] {
  const [definition] = parse(`{ ${fieldSet} }`, { noLocation: true }).definitions as readonly [OperationDefinitionNode];
  return definition.selectionSet.selections.map(planSelection);
}

function planSelection(selection: SelectionNode): QueryPlanSelectionNode {
  if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('a field set has no named fragments');
  const selections = selection.selectionSet?.selections.map(planSelection);
  if (selection.kind === Kind.FIELD) return { kind: 'Field', name: selection.name.value, ...(selections ? { selections } : {}) };
  const typeCondition = selection.typeCondition?.name.value;
  return { kind: 'InlineFragment', ...(typeCondition === undefined ? {} : { typeCondition }), selections: selections ?? [] };
}

function nameOf(selection: QueryPlanSelectionNode): string {
  return selection.kind === 'Field' ? selection.name : `... on ${selection.typeCondition ?? ''}`;
}
