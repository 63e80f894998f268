// Takes the parts a caller may not see out of an operation before anything is planned: each becomes null with an error,
// and no subgraph ever hears of it. The remainder is cached per operation and set of unmet requirements, not per caller.

import {
  getNamedType, getNullableType, isListType, Kind, print, stripIgnoredCharacters,
  type DocumentNode, type FieldNode, type GraphQLCompositeType, type GraphQLOutputType, type GraphQLSchema, type OperationDefinitionNode,
  type SelectionNode, type SelectionSetNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Viewer } from '@mib/service/viewer';
import type { Operation } from '../parse/operation.ts';
import { graphError, type GraphError } from '../respond/graph-error.ts';
import type { Requirements } from './requirements.ts';

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
  readonly #needs = new WeakMap<Operation, readonly number[]>();
  readonly #variants = new LRUCache<string, Permitted>({ max: MAX_CACHED_VARIANTS });

  constructor(schema: GraphQLSchema, requirements: Requirements) {
    this.#schema = schema;
    this.#requirements = requirements;
  }

  authorize(operation: Operation, viewer: Viewer): Permitted {
    const unmet = this.#needsOf(operation).filter((id) => !this.#requirements.isMet(id, viewer));
    if (unmet.length === 0) return { ...operation, isEmpty: false, errors: [] };
    const variantKey = `${unmet.join(',')} ${operation.key}`;
    const known = this.#variants.get(variantKey);
    if (known) return known;
    const permitted = this.#withhold(operation, new Set(unmet));
    this.#variants.set(variantKey, permitted);
    return permitted;
  }

  #needsOf(operation: Operation): readonly number[] {
    const known = this.#needs.get(operation);
    if (known) return known;
    const ids = new Set<number>();
    if (!this.#requirements.isEmpty) {
      this.#filter(operation.definition, (needed) => {
        for (const id of needed) ids.add(id);
        return true;
      });
    }
    const needs = [...ids].sort((a, b) => a - b);
    this.#needs.set(operation, needs);
    return needs;
  }

  #withhold(operation: Operation, unmet: ReadonlySet<number>): Permitted {
    const errors: GraphError[] = [];
    const definition = this.#filter(operation.definition, (needed, path) => {
      if (!needed.some((id) => unmet.has(id))) return true;
      errors.push(graphError('UNAUTHORIZED_FIELD_OR_TYPE', 'not authorized for this field or its type', { path }));
      return false;
    });
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [definition] };
    return { key: stripIgnoredCharacters(print(document)), document, definition, isEmpty: definition.selectionSet.selections.length === 0, errors };
  }

  #filter(definition: OperationDefinitionNode, permits: Permits): OperationDefinitionNode {
    const root = this.#schema.getRootType(definition.operation);
    if (!root) throw new Error(`the schema has no ${definition.operation} type`);
    return { ...definition, selectionSet: this.#filterSelections(definition.selectionSet, root, [], permits) };
  }

  #filterSelections(selectionSet: SelectionSetNode, parent: GraphQLCompositeType, path: readonly string[], permits: Permits): SelectionSetNode {
    return { ...selectionSet, selections: selectionSet.selections.flatMap((selection) => this.#filterSelection(selection, parent, path, permits)) };
  }

  #filterSelection(selection: SelectionNode, parent: GraphQLCompositeType, path: readonly string[], permits: Permits): readonly SelectionNode[] {
    if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('fragments are expanded before authorization');
    if (selection.kind === Kind.FIELD) return this.#filterField(selection, parent, path, permits);
    const condition = selection.typeCondition ? (this.#schema.getType(selection.typeCondition.name.value) as GraphQLCompositeType) : parent;
    const selectionSet = this.#filterSelections(selection.selectionSet, condition, path, permits);
    return selectionSet.selections.length === 0 ? [] : [{ ...selection, selectionSet }];
  }

  #filterField(node: FieldNode, parent: GraphQLCompositeType, path: readonly string[], permits: Permits): readonly SelectionNode[] {
    const definition = 'getFields' in parent ? parent.getFields()[node.name.value] : undefined;
    if (!definition) return [node]; // __typename, __schema, __type
    const fieldPath = [...path, (node.alias ?? node.name).value];
    if (!permits(this.#requirements.ofField(parent.name, node.name.value), fieldPath)) return [];
    if (!node.selectionSet) return [node];
    const type = getNamedType(definition.type) as GraphQLCompositeType;
    const selectionSet = this.#filterSelections(node.selectionSet, type, [...fieldPath, ...listMarks(definition.type)], permits);
    return [{ ...node, selectionSet: selectionSet.selections.length === 0 ? ONLY_TYPENAME : selectionSet }];
  }
}

/** @param path - with `@` for "every element", as no element is known before execution. */
type Permits = (needed: readonly number[], path: readonly string[]) => boolean;

const ONLY_TYPENAME: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }] };

function listMarks(type: GraphQLOutputType): readonly string[] {
  const nullable = getNullableType(type);
  return isListType(nullable) ? ['@', ...listMarks(nullable.ofType)] : [];
}
