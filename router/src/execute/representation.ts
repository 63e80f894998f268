// Writes an entity's representation, `{"__typename":"Product","upc":"1"}`, from what the response holds so far. It is
// text from the start: the text is both the key that removes duplicates and the piece of the request body.

import type { FetchDataRewrite, QueryPlanSelectionNode } from '../plan/planner.ts';
import type { TypeTable } from '../plan/type-table.ts';
import { own, type JsonObject } from './json.ts';
import { merge } from './merge.ts';
import { applyRewrites } from './rewrites.ts';

/** @returns undefined when a field the subgraph requires is not there: such an entity is not asked for. */
export type WriteRepresentation = (entity: JsonObject) => string | undefined;

export function compileRepresentation(requires: readonly QueryPlanSelectionNode[], rewrites: readonly FetchDataRewrite[], types: TypeTable): WriteRepresentation {
  return (entity) => {
    const representation = select(entity, requires, types);
    if (representation?.['__typename'] === undefined) return undefined;
    applyRewrites(rewrites, types, representation);
    return JSON.stringify(representation);
  };
}

function select(source: JsonObject, selections: readonly QueryPlanSelectionNode[], types: TypeTable): JsonObject | undefined {
  const result: JsonObject = {};
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      const name = selection.alias ?? selection.name;
      const value = own(source, name);
      if (value === undefined) return undefined;
      result[name] = selection.selections ? selectValue(value, selection.selections, types) : value;
    } else if (matches(source, selection.typeCondition, types)) {
      const part = select(source, selection.selections, types);
      if (part) merge(result, part);
    }
  }
  return result;
}

function selectValue(value: unknown, selections: readonly QueryPlanSelectionNode[], types: TypeTable): unknown {
  if (Array.isArray(value)) return value.map((element) => selectValue(element, selections, types));
  if (typeof value !== 'object' || value === null) return null;
  return select(value as JsonObject, selections, types) ?? null;
}

function matches(source: JsonObject, typeCondition: string | undefined, types: TypeTable): boolean {
  const typeName = source['__typename'];
  return typeCondition === undefined || (typeof typeName === 'string' && types.is(typeName, typeCondition));
}
