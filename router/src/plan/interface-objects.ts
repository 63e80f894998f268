// Where a subgraph knows an interface as an object, Apollo's planner asks it for all concrete types in one selection and forgets
// which type a field was asked of: what one type requires is then required of all. Such a fetch is divided again, by the types
// the client names and by what its fields require; the executor sends the pieces in one call.

import { Kind, parse, print, stripIgnoredCharacters, type DocumentNode, type FieldNode, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';
import type { FetchNode, QueryPlan, QueryPlanSelectionNode } from './planner.ts';
import { mapFetches } from './map-fetches.ts';
import { readInterfaceObjects, type InterfaceObject } from './read-interface-objects.ts';
import { realName } from './required-arguments.ts';
import { TypeTable } from './type-table.ts';

export interface DividePlan {
  /** @param definition - as it was planned. */
  (plan: QueryPlan, definition: OperationDefinitionNode): QueryPlan;
}

/** @param plannerNames - field names that the planner may add, of any type. */
export function dividerOf(supergraph: DocumentNode, plannerNames: ReadonlySet<string>): DividePlan {
  const objects = readInterfaceObjects(supergraph);
  if (objects.length === 0) return (plan) => plan;
  const types = new TypeTable(supergraph);
  return (plan, definition) =>
    mapFetches(plan, (fetch, path) => {
      const selections = fetch.requires ? entitySelections(fetch) : [];
      const known = objects.find(({ serviceName, name }) => serviceName === fetch.serviceName && selections.some((selection) => isFragmentOn(selection, name)));
      return known ? divide(fetch, new Asked(known, { definition, path, types, plannerNames })) : [fetch];
    });
}

interface AskedOptions {
  readonly definition: OperationDefinitionNode;
  readonly path: readonly string[];
  readonly types: TypeTable;
  readonly plannerNames: ReadonlySet<string>;
}

/** What the client asks of the objects at a path, by type. */
class Asked {
  readonly object: InterfaceObject;
  readonly types: TypeTable;
  readonly #plannerNames: ReadonlySet<string>;
  readonly #typesByName = new Map<string, Set<string>>();

  constructor(object: InterfaceObject, { definition, path, types, plannerNames }: AskedOptions) {
    this.object = object;
    this.types = types;
    this.#plannerNames = plannerNames;
    for (const selectionSet of selectionSetsAt([definition.selectionSet], path)) this.#collect(selectionSet, object.types);
  }

  /** Types of which the field is asked; what the planner may have added is asked of all. */
  typesOf(field: FieldNode): readonly string[] {
    const name = responseName(field);
    const asked = this.#typesByName.get(name);
    return asked && !this.#plannerNames.has(name) ? [...asked].sort() : this.object.types;
  }

  #collect({ selections }: SelectionSetNode, possible: readonly string[]): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = responseName(selection);
        this.#typesByName.set(name, new Set([...(this.#typesByName.get(name) ?? []), ...possible]));
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        this.#collect(selection.selectionSet, condition === undefined ? possible : possible.filter((type) => this.types.is(type, condition)));
      }
    }
  }
}

interface Group {
  readonly types: readonly string[];
  readonly required: ReadonlySet<string>;
  readonly selections: SelectionNode[];
}

function divide(fetch: FetchNode, asked: Asked): readonly FetchNode[] {
  const { object, types } = asked;
  const selections = entitySelections(fetch);
  const own = selections.flatMap((selection) => (isFragmentOn(selection, object.name) ? selection.selectionSet.selections : []));
  const others = selections.filter((selection) => !isFragmentOn(selection, object.name));
  const isOfObject = ({ condition }: Requirement): boolean => condition === object.name || types.is(condition, object.name);
  const requirements = requirementsIn(fetch.requires!);
  const groups = groupFields(own, asked);
  const pieces = groups.flatMap(({ types: wanted, required, selections: fields }): FetchNode[] => {
    const droppable = new Set(groups.flatMap((group) => [...group.required]).filter((name) => !required.has(name) && !object.keys.flat().includes(name)));
    const requires = requiresOf(wanted, requirements.filter(isOfObject), { asked, droppable });
    if (requires.length === 0) return [];
    const renamers = (fetch.inputRewrites ?? []).filter(({ kind }) => kind === 'KeyRenamer');
    return [{ ...fetch, requires, operation: withSelections(fetch, [fragmentOn(object.name, fields)]), inputRewrites: [...renamers, { kind: 'ValueSetter', path: ['__typename'], setValueTo: object.name }] }];
  });
  if (others.length === 0) return pieces;
  const rest = requirements.filter((requirement) => !isOfObject(requirement)).map(({ condition, fields }) => inlineFragment(condition, fields));
  return [...pieces, { ...fetch, requires: rest, operation: withSelections(fetch, others) }];
}

/** Fields that are asked of the same types and require the same stay together. */
function groupFields(selections: readonly SelectionNode[], asked: Asked): readonly Group[] {
  const groups = new Map<string, Group>();
  const fields = selections.filter((selection) => selection.kind === Kind.FIELD && selection.name.value !== '__typename') as readonly FieldNode[];
  for (const field of fields) {
    const types = asked.typesOf(field);
    const required = asked.object.required.get(field.name.value) ?? new Set();
    const key = `${types.join()} ${[...required].sort().join()}`;
    const known = groups.get(key);
    if (known) known.selections.push(field);
    else groups.set(key, { types, required, selections: [field] });
  }
  return [...groups.values()];
}

interface Requirement {
  readonly condition: string;
  readonly fields: readonly QueryPlanSelectionNode[];
}

/** The fragments of a `requires`, those within others too. */
function requirementsIn(selections: readonly QueryPlanSelectionNode[], outer = ''): readonly Requirement[] {
  const fields = selections.filter(({ kind }) => kind === 'Field');
  const below = selections.flatMap((selection) => (selection.kind === 'InlineFragment' ? requirementsIn(selection.selections, selection.typeCondition ?? outer) : []));
  return fields.length === 0 ? below : [{ condition: outer, fields }, ...below];
}

/** One fragment for what is required of any object, one for each type of which more is; a type without its key is not asked for. */
function requiresOf(wanted: readonly string[], requirements: readonly Requirement[], { asked, droppable }: { readonly asked: Asked; readonly droppable: ReadonlySet<string> }): QueryPlanSelectionNode[] {
  const { object, types } = asked;
  const requiredOf = (type: string): readonly QueryPlanSelectionNode[] =>
    mergeFields(requirements.filter(({ condition }) => types.is(type, condition)).flatMap(({ fields }) => fields)).filter((field) => field.kind !== 'Field' || !droppable.has(realName(field.name)));
  const isAskable = (fields: readonly QueryPlanSelectionNode[]): boolean => object.keys.some((key) => key.every((name) => fields.some((field) => field.kind === 'Field' && field.name === name)));
  const ofAny = requiredOf(object.name);
  const forAny = wanted.length === object.types.length && isAskable(ofAny);
  const special = wanted.map((type) => [type, requiredOf(type)] as const).filter(([, fields]) => isAskable(fields) && !(forAny && fields.length === ofAny.length));
  return [...(forAny ? [inlineFragment(object.name, ofAny)] : []), ...special.map(([type, fields]) => inlineFragment(type, fields))];
}

function mergeFields(fields: readonly QueryPlanSelectionNode[]): readonly QueryPlanSelectionNode[] {
  const merged = new Map<string, QueryPlanSelectionNode>();
  for (const field of fields) {
    const name = field.kind === 'Field' ? (field.alias ?? field.name) : `... on ${field.typeCondition ?? ''}`;
    const known = merged.get(name);
    merged.set(name, known?.selections && field.selections ? { ...known, selections: [...mergeFields([...known.selections, ...field.selections])] } : field);
  }
  return [...merged.values()];
}

function selectionSetsAt(selectionSets: readonly SelectionSetNode[], [name, ...rest]: readonly string[]): readonly SelectionSetNode[] {
  if (name === undefined) return selectionSets;
  if (name === '@') return selectionSetsAt(selectionSets, rest);
  const below = selectionSets.flatMap(fieldsIn).flatMap((field) => (responseName(field) === name ? (field.selectionSet ?? []) : []));
  return selectionSetsAt(below, rest);
}

function fieldsIn({ selections }: SelectionSetNode): readonly FieldNode[] {
  return selections.flatMap((selection) => (selection.kind === Kind.FIELD ? [selection] : selection.kind === Kind.INLINE_FRAGMENT ? fieldsIn(selection.selectionSet) : []));
}

function responseName({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}

function entitySelections(fetch: FetchNode): readonly SelectionNode[] {
  const [entities] = operationOf(fetch).selectionSet.selections;
  return entities?.kind === Kind.FIELD ? (entities.selectionSet?.selections ?? []) : [];
}

function withSelections(fetch: FetchNode, selections: readonly SelectionNode[]): string {
  const definition = operationOf(fetch);
  const [entities] = definition.selectionSet.selections as readonly [FieldNode];
  return stripIgnoredCharacters(print({ ...definition, selectionSet: { kind: Kind.SELECTION_SET, selections: [{ ...entities, selectionSet: { kind: Kind.SELECTION_SET, selections } }] } }));
}

function operationOf({ operation }: FetchNode): OperationDefinitionNode {
  return parse(operation, { noLocation: true }).definitions[0] as OperationDefinitionNode;
}

function isFragmentOn(selection: SelectionNode, type: string): selection is Extract<SelectionNode, { readonly kind: Kind.INLINE_FRAGMENT }> {
  return selection.kind === Kind.INLINE_FRAGMENT && selection.typeCondition?.name.value === type;
}

function fragmentOn(type: string, selections: readonly SelectionNode[]): SelectionNode {
  return { kind: Kind.INLINE_FRAGMENT, typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } }, selectionSet: { kind: Kind.SELECTION_SET, selections } };
}

function inlineFragment(typeCondition: string, selections: readonly QueryPlanSelectionNode[]): QueryPlanSelectionNode {
  return { kind: 'InlineFragment', typeCondition, selections: [...selections] };
}
