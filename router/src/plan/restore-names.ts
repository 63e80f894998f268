// Gives a plan the subgraphs' own field names back after it was made with the names of required-arguments.ts. Where one
// entity fetch needs a field under two sets of arguments, its representations cannot hold both: the fetch is split.

import { Kind, parse, print, stripIgnoredCharacters, visit, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';
import { mapFetches } from './map-fetches.ts';
import type { FetchDataRewrite, FetchNode, QueryPlan, QueryPlanSelectionNode } from './planner.ts';
import { realName, type PlannerSchema } from './required-arguments.ts';

type RequiredBy = PlannerSchema['requiredBy'];

export function restoreNames(plan: QueryPlan, requiredBy: RequiredBy): QueryPlan {
  return requiredBy.size === 0 ? plan : mapFetches(plan, (fetch) => splitConflicts(fetch, requiredBy).map(restoreFetch));
}

function restoreFetch(fetch: FetchNode): FetchNode {
  if (!fetch.operation.includes('_required') && !JSON.stringify(fetch.requires ?? []).includes('_required')) return fetch;
  const document = visit(parse(fetch.operation, { noLocation: true }), {
    Field: (field) => (realName(field.name.value) === field.name.value ? undefined : { ...field, alias: field.alias ?? field.name, name: { ...field.name, value: realName(field.name.value) } }),
  });
  const renamers = fetch.requires ? renamersOf(fetch.requires, []) : [];
  return { ...fetch, operation: stripIgnoredCharacters(print(document)), inputRewrites: [...renamers, ...(fetch.inputRewrites ?? [])] };
}

/** Deepest first, so that a path never leads through a key that is renamed already. */
function renamersOf(selections: readonly QueryPlanSelectionNode[], path: readonly string[]): FetchDataRewrite[] {
  return selections.flatMap((selection): FetchDataRewrite[] => {
    if (selection.kind === 'InlineFragment') return renamersOf(selection.selections, selection.typeCondition === undefined ? path : [...path, `... on ${selection.typeCondition}`]);
    const key = selection.alias ?? selection.name;
    const here = [...path, key];
    const below = renamersOf(selection.selections ?? [], here);
    return realName(key) === key ? below : [...below, { kind: 'KeyRenamer', path: here, renameKeyTo: realName(key) }];
  });
}

function splitConflicts(fetch: FetchNode, requiredBy: RequiredBy): readonly FetchNode[] {
  const needed = fetch.requires ? ownNames(fetch.requires) : [];
  if (new Set(needed.map(realName)).size === new Set(needed).size) return [fetch];
  const definition = parse(fetch.operation, { noLocation: true }).definitions[0] as OperationDefinitionNode;
  const groups = groupFields(definition, requiredBy);
  return groups.map((group): FetchNode => {
    const operation: OperationDefinitionNode = { ...definition, selectionSet: keepFields(definition.selectionSet, (place) => group.fields.has(place)) };
    const droppable = new Set(needed.filter((name) => !group.names.has(name)));
    return { ...fetch, operation: stripIgnoredCharacters(print(operation)), requires: dropNames(fetch.requires!, droppable) };
  });
}

interface Group {
  readonly fields: Set<string>;
  readonly names: Set<string>;
}

/** Puts each entity field into the first group whose required fields agree with its own. */
function groupFields(definition: OperationDefinitionNode, requiredBy: RequiredBy): readonly Group[] {
  const groups: Group[] = [];
  keepFields(definition.selectionSet, (place) => {
    const names = [...(requiredBy.get(place) ?? [])];
    const agrees = (group: Group): boolean => names.every((name) => [...group.names].every((other) => other === name || realName(other) !== realName(name)));
    const group = groups.find(agrees) ?? groups[groups.push({ fields: new Set(), names: new Set() }) - 1]!;
    group.fields.add(place);
    for (const name of names) group.names.add(name);
    return true;
  });
  return groups;
}

/** @param keep - decides by `Type.field` about the fields directly below `_entities`. */
function keepFields(root: SelectionSetNode, keep: (place: string) => boolean): SelectionSetNode {
  const filter = (selectionSet: SelectionSetNode, type: string): SelectionSetNode => ({
    ...selectionSet,
    selections: selectionSet.selections.flatMap((selection): readonly SelectionNode[] => {
      if (selection.kind !== Kind.INLINE_FRAGMENT) return selection.kind === Kind.FIELD && !keep(`${type}.${selection.name.value}`) ? [] : [selection];
      const kept = filter(selection.selectionSet, selection.typeCondition?.name.value ?? type);
      return kept.selections.length === 0 ? [] : [{ ...selection, selectionSet: kept }];
    }),
  });
  return { ...root, selections: root.selections.map((entities) => (entities.kind === Kind.FIELD && entities.selectionSet ? { ...entities, selectionSet: filter(entities.selectionSet, '') } : entities)) };
}

function ownNames(selections: readonly QueryPlanSelectionNode[]): readonly string[] {
  return selections.flatMap((selection) => {
    const below = ownNames(selection.selections ?? []);
    return selection.kind === 'Field' && realName(selection.name) !== selection.name ? [selection.name, ...below] : below;
  });
}

function dropNames(selections: readonly QueryPlanSelectionNode[], names: ReadonlySet<string>): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind === 'Field' && names.has(selection.name)) return [];
    if (!selection.selections) return [selection];
    const below = dropNames(selection.selections, names);
    return below.length === 0 ? [] : [{ ...selection, selections: below } as QueryPlanSelectionNode];
  });
}
