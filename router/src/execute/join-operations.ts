// Entity fetches that are due at the same time and go to the same subgraph travel as one operation:
//
//   query($representations: [_Any!]!) { _entities(representations: $representations) { ... on A { a } } }
//   query($representations: [_Any!]!) { _entities(representations: $representations) { ... on B { b } } }
//     => query($_r0: [_Any!]!, $_r1: [_Any!]!) { _e0: _entities(representations: $_r0) { ... } _e1: ... }

import { Kind, parse, print, stripIgnoredCharacters, visit, type DocumentNode, type FieldNode, type OperationDefinitionNode, type VariableDefinitionNode } from 'graphql';

export interface JoinedOperation {
  readonly text: string;
  /** Per joined operation, in order. */
  readonly parts: readonly { readonly responseKey: string; readonly variable: string }[];
}

const REPRESENTATIONS = 'representations';

/**
 * @param operations - texts of entity fetches, at least one.
 * @param separate - variables of which each operation keeps its own value, under the name {@link separateName}.
 */
export function joinOperations(operations: readonly string[], separate: ReadonlySet<string> = new Set()): JoinedOperation {
  const [only] = operations;
  if (operations.length === 1 && only !== undefined) return { text: only, parts: [{ responseKey: '_entities', variable: REPRESENTATIONS }] };
  const definitions = operations.map((text) => operationOf(parse(text)));
  const variables = new Map<string, VariableDefinitionNode>();
  const fields = definitions.map((definition, index) => {
    for (const variable of definition.variableDefinitions ?? []) {
      const given = variable.variable.name.value;
      const name = given === REPRESENTATIONS ? `_r${index}` : separate.has(given) ? separateName(given, index) : given;
      variables.set(name, { ...variable, variable: { ...variable.variable, name: nameNode(name) } });
    }
    return entitiesField(separate.size === 0 ? definition : separateVariables(definition, separate, index), index);
  });
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [{ ...definitions[0]!, variableDefinitions: [...variables.values()], selectionSet: { kind: Kind.SELECTION_SET, selections: fields } }],
  };
  return { text: stripIgnoredCharacters(print(document)), parts: fields.map((_, index) => ({ responseKey: `_e${index}`, variable: `_r${index}` })) };
}

export function separateName(variable: string, index: number): string {
  return `_c${index}_${variable}`;
}

/** Equal for operations that differ in their name only. */
export function withoutName(operation: string): string {
  return operation.replace(/^query\s+\w+/, 'query');
}

function separateVariables(definition: OperationDefinitionNode, separate: ReadonlySet<string>, index: number): OperationDefinitionNode {
  return visit(definition, {
    Variable: (node) => (separate.has(node.name.value) ? { ...node, name: nameNode(separateName(node.name.value, index)) } : undefined),
  });
}

function operationOf(document: DocumentNode): OperationDefinitionNode {
  const [definition] = document.definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION || document.definitions.length !== 1) throw new Error('an entity fetch is one operation without fragments');
  return definition;
}

function entitiesField(definition: OperationDefinitionNode, index: number): FieldNode {
  const [field] = definition.selectionSet.selections;
  if (field?.kind !== Kind.FIELD || field.name.value !== '_entities') throw new Error('an entity fetch selects _entities');
  return {
    ...field,
    alias: nameNode(`_e${index}`),
    arguments: [{ kind: Kind.ARGUMENT, name: nameNode(REPRESENTATIONS), value: { kind: Kind.VARIABLE, name: nameNode(`_r${index}`) } }],
  };
}

function nameNode(value: string): { readonly kind: Kind.NAME; readonly value: string } {
  return { kind: Kind.NAME, value };
}
