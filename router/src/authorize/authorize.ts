// Takes the parts a caller may not see out of an operation before anything is planned: each becomes null with an error,
// and no subgraph ever hears of it. The remainder is cached per operation and set of unmet requirements, not per caller.

import {
  getNamedType, getNullableType, isListType, Kind, print, stripIgnoredCharacters,
  type DocumentNode, type FieldNode, type GraphQLCompositeType, type GraphQLOutputType, type GraphQLSchema, type OperationDefinitionNode,
  type SelectionNode, type SelectionSetNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Operation } from '../parse/operation.ts';
import type { Variables } from '../parse/variables.ts';
import { graphError, type GraphError } from '../respond/graph-error.ts';
import { InputRequirements } from './input-requirements.ts';
import type { Caller, Requirements } from './requirements.ts';

/** What a caller is allowed of an operation. */
export interface Permitted {
  /** Normalised text of what is left. */
  readonly key: string;
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  /** Nothing is left to ask. */
  readonly isEmpty: boolean;
  readonly errors: readonly GraphError[];
}

const MAX_CACHED_VARIANTS = 2_000;

export class Authorizer {
  readonly #schema: GraphQLSchema;
  readonly #requirements: Requirements;
  readonly #inputs: InputRequirements;
  readonly #needs = new WeakMap<Operation, Needs>();
  readonly #variants = new LRUCache<string, Permitted>({ max: MAX_CACHED_VARIANTS });

  constructor(schema: GraphQLSchema, requirements: Requirements) {
    this.#schema = schema;
    this.#requirements = requirements;
    this.#inputs = new InputRequirements(requirements);
  }

  /** @param variables - coerced; closed values among them close the fields they are given to. */
  authorize(operation: Operation, caller: Caller, variables: Variables): Permitted {
    const needs = this.#needsOf(operation);
    const ids = needs.dependOnInput ? this.#collectNeeds(operation, variables).ids : needs.ids;
    const unmet = ids.filter((id) => !this.#requirements.isMet(id, caller));
    if (unmet.length === 0) return { ...operation, isEmpty: false, errors: [] };
    if (needs.dependOnInput) return this.#withhold(operation, new Set(unmet), variables);
    const variantKey = `${unmet.join(',')} ${operation.key}`;
    const known = this.#variants.get(variantKey);
    if (known) return known;
    const permitted = this.#withhold(operation, new Set(unmet), variables);
    this.#variants.set(variantKey, permitted);
    return permitted;
  }

  #needsOf(operation: Operation): Needs {
    const known = this.#needs.get(operation);
    if (known) return known;
    const needs = this.#requirements.isEmpty ? NO_NEEDS : this.#collectNeeds(operation, {});
    this.#needs.set(operation, needs);
    return needs;
  }

  #collectNeeds(operation: Operation, variables: Variables): Needs {
    const ids = new Set<number>();
    let dependOnInput = false;
    this.#filter(operation.definition, variables, (needed, _path, isByInput) => {
      for (const id of needed) ids.add(id);
      dependOnInput ||= isByInput;
      return true;
    });
    return { ids: [...ids].sort((a, b) => a - b), dependOnInput };
  }

  #withhold(operation: Operation, unmet: ReadonlySet<number>, variables: Variables): Permitted {
    const errors: GraphError[] = [];
    const definition = this.#filter(operation.definition, variables, (needed, path) => {
      if (!needed.some((id) => unmet.has(id))) return true;
      errors.push(graphError('UNAUTHORIZED_FIELD_OR_TYPE', 'not authorized for this field or its type', { path }));
      return false;
    });
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [definition] };
    return { key: stripIgnoredCharacters(print(document)), document, definition, isEmpty: definition.selectionSet.selections.length === 0, errors };
  }

  #filter(definition: OperationDefinitionNode, variables: Variables, permits: Permits): OperationDefinitionNode {
    const walk = { variables, permits };
    const root = this.#schema.getRootType(definition.operation);
    if (!root) throw new Error(`the schema has no ${definition.operation} type`);
    return { ...definition, selectionSet: this.#filterSelections(definition.selectionSet, root, [], walk) };
  }

  #filterSelections(selectionSet: SelectionSetNode, parent: GraphQLCompositeType, path: readonly string[], walk: Walk): SelectionSetNode {
    return { ...selectionSet, selections: selectionSet.selections.flatMap((selection) => this.#filterSelection(selection, parent, path, walk)) };
  }

  #filterSelection(selection: SelectionNode, parent: GraphQLCompositeType, path: readonly string[], walk: Walk): readonly SelectionNode[] {
    if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('fragments are expanded before authorization');
    if (selection.kind === Kind.FIELD) return this.#filterField(selection, parent, path, walk);
    const condition = selection.typeCondition ? (this.#schema.getType(selection.typeCondition.name.value) as GraphQLCompositeType) : parent;
    const selectionSet = this.#filterSelections(selection.selectionSet, condition, path, walk);
    return selectionSet.selections.length === 0 ? [] : [{ ...selection, selectionSet }];
  }

  #filterField(node: FieldNode, parent: GraphQLCompositeType, path: readonly string[], walk: Walk): readonly SelectionNode[] {
    const definition = 'getFields' in parent ? parent.getFields()[node.name.value] : undefined;
    const fieldPath = [...path, (node.alias ?? node.name).value];
    // __schema and __type ask for nothing; __typename for what its type asks, within a fragment on a closed type.
    if (!definition) return node.name.value !== '__typename' || walk.permits(this.#requirements.ofType(parent.name), fieldPath, false) ? [node] : [];
    const byInput = this.#inputs.concerns(node, definition);
    const needed = this.#requirements.ofField(parent.name, node.name.value);
    const needs = byInput ? [...needed, ...this.#inputs.ofArguments(node, definition, walk.variables)] : needed;
    if (!walk.permits(needs, fieldPath, byInput)) return [];
    if (!node.selectionSet) return [node];
    const type = getNamedType(definition.type) as GraphQLCompositeType;
    const selectionSet = this.#filterSelections(node.selectionSet, type, [...fieldPath, ...listMarks(definition.type)], walk);
    return [{ ...node, selectionSet: selectionSet.selections.length === 0 ? ONLY_TYPENAME : selectionSet }];
  }
}

/**
 * @param path - with `@` for "every element", as no element is known before execution.
 * @param isByInput - whether other variables could make it need something else.
 */
type Permits = (needed: readonly number[], path: readonly string[], isByInput: boolean) => boolean;

interface Walk {
  readonly variables: Variables;
  readonly permits: Permits;
}

interface Needs {
  /** Of requirements, ascending. */
  readonly ids: readonly number[];
  readonly dependOnInput: boolean;
}

const NO_NEEDS: Needs = { ids: [], dependOnInput: false };

const ONLY_TYPENAME: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }] };

function listMarks(type: GraphQLOutputType): readonly string[] {
  const nullable = getNullableType(type);
  return isListType(nullable) ? ['@', ...listMarks(nullable.ofType)] : [];
}
