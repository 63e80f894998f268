// Prepares a subscription's upstream operation: what the hub has to know of each event is asked for under names of our own.
// Where the root field takes an `after` cursor and its events carry a `cursor`, a stream can be resumed; where the settings
// name a key, states of different things can be told apart.
//
//   orderUpdated(accountId: $a, after: $from) { kind }
//     => orderUpdated(accountId: $a, after: $_after) { kind _cursor: cursor }
//   quoteUpdated(instrumentIds: $ids) { bid }                         with key instrument.id
//     => quoteUpdated(instrumentIds: $ids) { bid _key: instrument { id } }

import {
  getNamedType, isCompositeType, isLeafType, isObjectType, Kind, parse, parseType, print, stripIgnoredCharacters, valueFromASTUntyped, visit,
  type ArgumentNode, type FieldNode, type GraphQLNamedType, type NameNode, type OperationDefinitionNode, type SelectionNode,
} from 'graphql';
import type { FetchNode } from '../plan/planner.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import type { Variables } from '../parse/variables.ts';
import type { Overflow, Policy } from './subscriptions-config.ts';

export interface CompiledSubscription {
  readonly serviceName: string;
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variableNames: readonly string[];
  readonly onOverflow: Overflow;
  /** Where an event holds its cursor and its key. */
  readonly responseName: string | undefined;
  /** Present when events can be taken up again behind the last one: the `after` that the client itself asked for. */
  readonly resume?: (variables: Variables) => unknown;
}

export const AFTER_VARIABLE = '_after';
export const CURSOR_ALIAS = '_cursor';
export const KEY_ALIAS = '_key';

/** @param policies - by root field. */
export function compileSubscription(fetch: FetchNode, supergraph: Supergraph, policies: Readonly<Record<string, Policy>>): CompiledSubscription {
  const plain = { serviceName: fetch.serviceName, query: fetch.operation, operationName: fetch.operationName, variableNames: fetch.variableUsages ?? [], onOverflow: 'drop' as const, responseName: undefined };
  const [definition, ...others] = parse(fetch.operation).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION || others.length > 0) return plain;
  const [field] = definition.selectionSet.selections;
  if (field?.kind !== Kind.FIELD) return plain;
  const policy = Object.hasOwn(policies, field.name.value) ? policies[field.name.value] : undefined;
  const key = policy?.key === undefined ? undefined : keySelection(policy.key.split('.'), rootTypeOf(field, supergraph), fetch.serviceName, supergraph);
  const afterType = resumableBy(field, fetch.serviceName, supergraph);
  const changed = withExtras(definition, field, afterType, key);
  return {
    ...plain,
    query: stripIgnoredCharacters(print(changed)),
    variableNames: (changed.variableDefinitions ?? []).map((variable) => variable.variable.name.value).filter((name) => name !== AFTER_VARIABLE),
    // Without the key it names, a state would replace that of another thing.
    onOverflow: policy ? (policy.key !== undefined && !key ? 'drop' : policy.onOverflow) : afterType === undefined ? 'drop' : 'close',
    responseName: (field.alias ?? field.name).value,
    ...(afterType === undefined ? {} : { resume: (variables) => initialValue(field.arguments?.find(isAfter), definition, variables) }),
  };
}

function rootTypeOf(field: FieldNode, { apiSchema }: Supergraph): GraphQLNamedType | undefined {
  const definition = apiSchema.getSubscriptionType()?.getFields()[field.name.value];
  return definition && getNamedType(definition.type);
}

/** @returns the type of the `after` argument when the subgraph itself can resume this field. */
function resumableBy(field: FieldNode, subgraph: string, supergraph: Supergraph): string | undefined {
  const after = supergraph.apiSchema.getSubscriptionType()?.getFields()[field.name.value]?.args.find((argument) => argument.name === 'after');
  const type = rootTypeOf(field, supergraph);
  return after && isObjectType(type) && supergraph.subgraphHasField(subgraph, type.name, 'cursor') ? after.type.toString() : undefined;
}

/** @returns undefined when the subgraph itself does not have the whole path. */
function keySelection(path: readonly string[], type: GraphQLNamedType | undefined, subgraph: string, supergraph: Supergraph): SelectionNode | undefined {
  const [first, ...rest] = path;
  if (first === undefined || !isObjectType(type) || !supergraph.subgraphHasField(subgraph, type.name, first)) return undefined;
  const field = type.getFields()[first];
  const below = field && getNamedType(field.type);
  if (rest.length === 0) return below && isLeafType(below) ? { kind: Kind.FIELD, name: name(first) } : undefined;
  const selection = isCompositeType(below) ? keySelection(rest, below, subgraph, supergraph) : undefined;
  return selection && { kind: Kind.FIELD, name: name(first), selectionSet: { kind: Kind.SELECTION_SET, selections: [selection] } };
}

function withExtras(definition: OperationDefinitionNode, field: FieldNode, afterType: string | undefined, key: SelectionNode | undefined): OperationDefinitionNode {
  if (!field.selectionSet || (afterType === undefined && !key)) return definition;
  const variable = { kind: Kind.VARIABLE, name: name(AFTER_VARIABLE) } as const;
  const extras: SelectionNode[] = [];
  if (afterType !== undefined) extras.push({ kind: Kind.FIELD, alias: name(CURSOR_ALIAS), name: name('cursor') });
  if (key?.kind === Kind.FIELD) extras.push({ ...key, alias: name(KEY_ALIAS) });
  const changed: FieldNode = { ...field, selectionSet: { ...field.selectionSet, selections: [...field.selectionSet.selections, ...extras] } };
  if (afterType === undefined) return { ...definition, selectionSet: { ...definition.selectionSet, selections: [changed] } };
  const after: ArgumentNode = { kind: Kind.ARGUMENT, name: name('after'), value: variable };
  const selections = [{ ...changed, arguments: [...(field.arguments ?? []).filter((argument) => !isAfter(argument)), after] }];
  const selectionSet = { ...definition.selectionSet, selections };
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

function isAfter(argument: ArgumentNode): boolean {
  return argument.name.value === 'after';
}

function name(value: string): NameNode {
  return { kind: Kind.NAME, value };
}
