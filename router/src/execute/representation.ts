// Writes an entity's representation, `{"__typename":"Product","upc":"1"}`, from what the response holds so far. It is
// text from the start: the text is both the key that removes duplicates and the piece of the request body.

import type { FetchDataRewrite, QueryPlanSelectionNode } from '../plan/planner.ts';
import type { TypeTable } from '../plan/type-table.ts';
import { quote } from '../respond/write-leaf.ts';
import { own, type JsonObject } from './json.ts';
import { merge } from './merge.ts';
import { applyRewrites } from './rewrites.ts';

/** @returns undefined when a field the subgraph requires is not there: such an entity is not asked for. */
export type WriteRepresentation = (entity: JsonObject) => string | undefined;

export function compileRepresentation(requires: readonly QueryPlanSelectionNode[], rewrites: readonly FetchDataRewrite[], types: TypeTable): WriteRepresentation {
  if (rewrites.length > 0) return (entity) => writeSelected(entity, requires, types, rewrites);
  // Which fragments hold for an entity, and so the way to write it, follows from its type alone.
  const byTypeName = new Map<string, WriteRepresentation>();
  return (entity) => {
    const typeName = entity['__typename'];
    if (typeof typeName !== 'string' || !types.isObject(typeName)) return writeSelected(entity, requires, types, rewrites);
    let write = byTypeName.get(typeName);
    if (!write) byTypeName.set(typeName, (write = compileForType(typeName, requires, types)));
    return write(entity);
  };
}

/** A leaf that a representation needs: of two entities it nearly always tells whether they may be the same. */
export function leafNameIn(requires: readonly QueryPlanSelectionNode[]): string | undefined {
  for (const one of requires) {
    const name = one.kind === 'InlineFragment' ? leafNameIn(one.selections) : one.selections || one.name === '__typename' ? undefined : (one.alias ?? one.name);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** Nearly always one fragment of plain fields holds for a type: its fields can be written one after another. */
function compileForType(typeName: string, requires: readonly QueryPlanSelectionNode[], types: TypeTable): WriteRepresentation {
  const matching = requires.filter((one) => one.kind === 'InlineFragment' && (one.typeCondition === undefined || types.is(typeName, one.typeCondition)));
  const [only, another] = matching;
  const fields = only?.kind === 'InlineFragment' ? only.selections : [];
  const isPlain = requires.every(({ kind }) => kind === 'InlineFragment') && !another && fields.every((field) => field.kind === 'Field' && !field.selections);
  const names = fields.map((field) => (field.kind === 'Field' ? (field.alias ?? field.name) : ''));
  if (!isPlain || !names.includes('__typename') || new Set(names).size < names.length) return (entity) => writeSelected(entity, requires, types, []);
  // Names that every object inherits are rare, and asking each object whether it has them is not free.
  const read = names.some((name) => name in Object.prototype) ? own : (entity: JsonObject, name: string) => entity[name];
  const heads = names.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  return (entity) => {
    let text = '';
    for (let index = 0; index < names.length; index++) {
      const value = read(entity, names[index]!);
      if (value === undefined) return undefined;
      text += heads[index]! + (typeof value === 'string' ? quote(value) : JSON.stringify(value));
    }
    return `${text}}`;
  };
}

function writeSelected(entity: JsonObject, requires: readonly QueryPlanSelectionNode[], types: TypeTable, rewrites: readonly FetchDataRewrite[]): string | undefined {
  const representation = select(entity, requires, types);
  if (representation?.['__typename'] === undefined) return undefined;
  applyRewrites(rewrites, types, representation);
  return JSON.stringify(representation);
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
      if (part) merge(result, part, types);
    }
  }
  return result;
}

function selectValue(value: unknown, selections: readonly QueryPlanSelectionNode[], types: TypeTable): unknown {
  if (Array.isArray(value)) return value.map((element) => selectValue(element, selections, types));
  if (typeof value !== 'object' || value === null) return null;
  const selected = select(value as JsonObject, selections, types);
  if (!selected) return null;
  // Who is told different fields of different types is told the type: it is at hand, or the fragments could not be chosen.
  if (selections.some(({ kind }) => kind === 'InlineFragment') && own(value as JsonObject, '__typename') !== undefined) selected['__typename'] = own(value as JsonObject, '__typename');
  return selected;
}

function matches(source: JsonObject, typeCondition: string | undefined, types: TypeTable): boolean {
  const typeName = source['__typename'];
  return typeCondition === undefined || (typeof typeName === 'string' && types.is(typeName, typeCondition));
}
