// One published operation against the schema it runs on: where each variable comes from, and which field is the answer.
// Whatever cannot work is said at the start, by file and operation, and not to the first client.

import {
  getNamedType, getNullableType, isAbstractType, isCompositeType, isInputObjectType, isListType, isNonNullType, Kind, typeFromAST, valueFromAST, visit,
  type GraphQLInputType, type GraphQLOutputType, type GraphQLSchema, type OperationDefinitionNode, type SelectionSetNode,
} from 'graphql';
import { fieldOf, selectionsNamed } from './selections.ts';
import { RestError, type RestOperation } from './rest-operations.ts';

export type ParameterPlace = 'path' | 'query' | 'body';

export interface RestParameter {
  readonly name: string;
  readonly place: ParameterPlace;
  readonly type: GraphQLInputType;
  readonly isRequired: boolean;
  /** Undefined when the operation gives none. */
  readonly defaultValue: unknown;
}

export interface Endpoint extends RestOperation {
  /** Literal text, or the name of a variable. */
  readonly segments: readonly ({ readonly literal: string } | { readonly variable: string })[];
  readonly parameters: readonly RestParameter[];
  /** The variable that is the whole body. */
  readonly wholeBody: RestParameter | undefined;
  /** Response names that lead to the answer; none for the whole data. */
  readonly resultPath: readonly string[];
  readonly result: { readonly type: GraphQLOutputType; readonly selectionSets: readonly SelectionSetNode[] };
  readonly problemsPath: readonly string[] | undefined;
}

/** @param definition - the operation without @rest, checked against `schema`, fragments written out. @throws {RestError} */
export function compileEndpoint(operation: RestOperation, definition: OperationDefinitionNode, schema: GraphQLSchema): Endpoint {
  const { rest, kind } = operation;
  const fail = (message: string): never => {
    throw new RestError(`${operation.file}: ${operation.name}: ${message}`);
  };
  if (rest.method === 'GET' && kind === 'mutation') fail('a mutation needs another method than GET');
  for (const status of [rest.status, rest.whenNull ?? 200, ...rest.statuses.map((one) => one.status)]) if (status < 200 || status > 599 || status === 204 || status === 304) fail(`no status is ${status}`);
  refuseSwitches(definition, fail);
  const segments = segmentsOf(rest.path, fail);
  const parameters = parametersOf(operation, definition, { schema, segments, fail });
  const rootType = schema.getRootType(definition.operation) ?? fail(`the schema has no ${definition.operation}`);
  const rootFields = new Set(definition.selectionSet.selections.flatMap((node) => (node.kind === Kind.FIELD ? [(node.alias ?? node.name).value] : [])));
  const resultPath = rest.result != null ? rest.result.split('.') : rootFields.size === 1 ? [...rootFields] : [];
  const result = follow({ type: rootType, selectionSets: [definition.selectionSet] }, resultPath, schema, fail);
  checkStatuses(operation, result, schema, fail);
  const problemsPath = rest.problems?.split('.');
  if (problemsPath && !isListType(getNullableType(follow(result, problemsPath, schema, fail).type))) fail(`problems must name a list, was ${rest.problems}`);
  return { ...operation, segments, parameters, wholeBody: parameters.find(({ name }) => name === rest.body), resultPath, result, problemsPath };
}

type Fail = (message: string) => never;

/** The shape of an answer is documented, so it may not depend on the request. */
function refuseSwitches(definition: OperationDefinitionNode, fail: Fail): void {
  visit(definition, { Directive: ({ name }) => (name.value === 'skip' || name.value === 'include' ? fail(`@${name.value} would make the shape of the answer depend on the request`) : undefined) });
}

function segmentsOf(path: string, fail: Fail): Endpoint['segments'] {
  if (!/^(\/([A-Za-z0-9._~-]+|\{[A-Za-z_]\w*\}))+$/.test(path)) fail(`path must be like /quotes/{symbol}, was ${JSON.stringify(path)}`);
  return path.slice(1).split('/').map((segment) => (segment.startsWith('{') ? { variable: segment.slice(1, -1) } : { literal: segment }));
}

function parametersOf({ rest }: RestOperation, definition: OperationDefinitionNode, { schema, segments, fail }: { schema: GraphQLSchema; segments: Endpoint['segments']; fail: Fail }): readonly RestParameter[] {
  const inPath = segments.flatMap((segment) => ('variable' in segment ? [segment.variable] : []));
  const hasBody = rest.method !== 'GET' && rest.method !== 'DELETE';
  const names = new Set((definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value));
  for (const name of [...inPath, ...(rest.body != null ? [rest.body] : []), ...Object.keys(rest.example ?? {})]) if (!names.has(name)) fail(`there is no variable $${name}`);
  if (new Set(inPath).size < inPath.length) fail(`path names a variable twice, was ${rest.path}`);
  if (rest.body != null && (!hasBody || inPath.includes(rest.body))) fail(`$${rest.body} cannot be the body`);
  return (definition.variableDefinitions ?? []).map((node) => {
    const name = node.variable.name.value;
    const type = typeFromAST(schema, node.type as never) as GraphQLInputType;
    const place = inPath.includes(name) ? 'path' : hasBody && (rest.body == null || rest.body === name) ? 'body' : 'query';
    if (place === 'path' && (isListType(getNullableType(type)) || isInputObjectType(getNamedType(type)))) fail(`$${name} of type ${String(type)} cannot stand in a path`);
    const defaultValue = node.defaultValue && valueFromAST(node.defaultValue, type);
    return { name, place, type, isRequired: place === 'path' || (isNonNullType(type) && defaultValue === undefined), defaultValue };
  });
}

function follow(from: Endpoint['result'], names: readonly string[], schema: GraphQLSchema, fail: Fail): Endpoint['result'] {
  return names.reduce(({ type, selectionSets }, name) => {
    const parent = getNullableType(type);
    if (!isCompositeType(parent)) return fail(`nothing is named ${name} below ${String(type)}`);
    const nodes = selectionsNamed(selectionSets, name);
    const [node] = nodes;
    if (!node) return fail(`the operation selects no ${name} in ${parent.name}`);
    const field = fieldOf(schema, parent, node.name.value) ?? fail(`${parent.name} has no field ${node.name.value}`);
    return { type: field, selectionSets: nodes.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : [])) };
  }, from);
}

function checkStatuses({ rest }: RestOperation, { type, selectionSets }: Endpoint['result'], schema: GraphQLSchema, fail: Fail): void {
  if (rest.statuses.length === 0) return;
  const named = getNullableType(type);
  if (!isAbstractType(named)) return fail(`statuses need an answer of several types, was ${String(type)}`);
  if (selectionsNamed(selectionSets, '__typename').length === 0) fail('statuses need __typename in the answer');
  const possible = new Set(schema.getPossibleTypes(named).map(({ name }) => name));
  for (const status of rest.statuses) if (!possible.has(status.type)) fail(`${named.name} is never ${status.type}`);
}
