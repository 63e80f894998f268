// Introspection is answered here, from the API schema: no subgraph is asked. graphql-js executes it, since it is rare
// and its shape is the specification's own; the answer is kept, because tools ask the same question again and again.

import {
  execute, getOperationAST, Kind,
  type DocumentNode, type ExecutionResult, type GraphQLSchema, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';

const MAX_CACHED_ANSWERS = 50;

export class Introspection {
  readonly #schema: GraphQLSchema;
  readonly #answers = new LRUCache<string, Readonly<Record<string, string>>>({ max: MAX_CACHED_ANSWERS });

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** @returns JSON text by response name, for the introspection fields at the root of `document` only. */
  answer(document: DocumentNode, key: string, variables: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
    const fullKey = `${key} ${JSON.stringify(variables)}`;
    const known = this.#answers.get(fullKey);
    if (known) return known;
    const answer = this.#execute(document, variables);
    this.#answers.set(fullKey, answer);
    return answer;
  }

  #execute(document: DocumentNode, variables: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
    const operation = getOperationAST(document);
    if (!operation) throw new Error('an introspection query has one operation');
    const result = execute({ schema: this.#schema, document: onlyIntrospection(operation), variableValues: variables }) as ExecutionResult;
    return Object.fromEntries(Object.entries(result.data ?? {}).map(([name, value]) => [name, JSON.stringify(value)]));
  }
}

/** Whether the operation selects `__schema` or `__type`. */
export function hasIntrospection(operation: OperationDefinitionNode): boolean {
  return selectsIntrospection(operation.selectionSet);
}

function selectsIntrospection({ selections }: SelectionSetNode): boolean {
  return selections.some((selection) => isIntrospectionField(selection) || (selection.kind === Kind.INLINE_FRAGMENT && selectsIntrospection(selection.selectionSet)));
}

function isIntrospectionField(selection: SelectionNode): boolean {
  return selection.kind === Kind.FIELD && (selection.name.value === '__schema' || selection.name.value === '__type');
}

function onlyIntrospection(operation: OperationDefinitionNode): DocumentNode {
  const keep = (selectionSet: SelectionSetNode): SelectionSetNode => ({
    ...selectionSet,
    selections: selectionSet.selections.flatMap((selection) => {
      if (isIntrospectionField(selection)) return [selection];
      if (selection.kind !== Kind.INLINE_FRAGMENT) return [];
      return [{ ...selection, selectionSet: keep(selection.selectionSet) }];
    }),
  });
  return { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet: keep(operation.selectionSet) }] };
}
