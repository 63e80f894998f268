// Prepares a subscription's upstream operation so that it can be resumed: where the root field takes an `after` cursor and
// its events carry a `cursor`, the cursor is asked for under a name of our own and `after` becomes a variable of our own.
//
//   orderUpdated(accountId: $a, after: $from) { kind }
//     => orderUpdated(accountId: $a, after: $_after) { kind _cursor: cursor }

import {
  getNamedType, isObjectType, Kind, parse, parseType, print, stripIgnoredCharacters, valueFromASTUntyped, visit,
  type ArgumentNode, type FieldNode, type OperationDefinitionNode,
} from 'graphql';
import type { FetchNode } from '../plan/planner.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import type { Variables } from '../parse/variables.ts';

export interface CompiledSubscription {
  readonly serviceName: string;
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variableNames: readonly string[];
  /** Present when events can be taken up again behind the last one. */
  readonly resume?: {
    /** The `after` the client itself asked for. */
    readonly initial: (variables: Variables) => unknown;
    /** Where an event holds its cursor. */
    readonly responseName: string;
  };
}

export const AFTER_VARIABLE = '_after';
export const CURSOR_ALIAS = '_cursor';

export function compileSubscription(fetch: FetchNode, supergraph: Supergraph): CompiledSubscription {
  const plain = { serviceName: fetch.serviceName, query: fetch.operation, operationName: fetch.operationName, variableNames: fetch.variableUsages ?? [] };
  const [definition, ...others] = parse(fetch.operation).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION || others.length > 0) return plain;
  const [field] = definition.selectionSet.selections;
  if (field?.kind !== Kind.FIELD || !field.selectionSet) return plain;
  const afterType = resumableBy(field.name.value, fetch.serviceName, supergraph);
  if (afterType === undefined) return plain;
  const original = field.arguments?.find((argument) => argument.name.value === 'after');
  const resumable = withCursor(definition, field, afterType);
  return {
    ...plain,
    query: stripIgnoredCharacters(print(resumable)),
    variableNames: (resumable.variableDefinitions ?? []).map((variable) => variable.variable.name.value).filter((name) => name !== AFTER_VARIABLE),
    resume: { initial: (variables) => initialValue(original, definition, variables), responseName: (field.alias ?? field.name).value },
  };
}

/** @returns the type of the `after` argument when the subgraph itself can resume this field. */
function resumableBy(fieldName: string, subgraph: string, { apiSchema, subgraphHasField }: Supergraph): string | undefined {
  const field = apiSchema.getSubscriptionType()?.getFields()[fieldName];
  const after = field?.args.find((argument) => argument.name === 'after');
  if (!field || !after) return undefined;
  const type = getNamedType(field.type);
  return isObjectType(type) && subgraphHasField(subgraph, type.name, 'cursor') ? after.type.toString() : undefined;
}

function withCursor(definition: OperationDefinitionNode, field: FieldNode, afterType: string): OperationDefinitionNode {
  const name = (value: string) => ({ kind: Kind.NAME, value }) as const;
  const variable = { kind: Kind.VARIABLE, name: name(AFTER_VARIABLE) } as const;
  const changed: FieldNode = {
    ...field,
    arguments: [...(field.arguments ?? []).filter((argument) => argument.name.value !== 'after'), { kind: Kind.ARGUMENT, name: name('after'), value: variable }],
    selectionSet: { ...field.selectionSet!, selections: [...field.selectionSet!.selections, { kind: Kind.FIELD, alias: name(CURSOR_ALIAS), name: name('cursor') }] },
  };
  const selectionSet = { ...definition.selectionSet, selections: [changed] };
  const used = new Set<string>();
  visit(selectionSet, { Variable: (node) => void used.add(node.name.value) });
  const kept = (definition.variableDefinitions ?? []).filter((node) => used.has(node.variable.name.value));
  return { ...definition, selectionSet, variableDefinitions: [...kept, { kind: Kind.VARIABLE_DEFINITION, variable, type: parseType(afterType) }] };
}

function initialValue(argument: ArgumentNode | undefined, definition: OperationDefinitionNode, variables: Variables): unknown {
  if (!argument) return undefined;
  const { value } = argument;
  if (value.kind !== Kind.VARIABLE) return valueFromASTUntyped(value);
  if (Object.hasOwn(variables, value.name.value)) return variables[value.name.value];
  const given = definition.variableDefinitions?.find((node) => node.variable.name.value === value.name.value)?.defaultValue;
  return given && valueFromASTUntyped(given);
}
