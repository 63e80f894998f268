// The variables of an endpoint out of path, query string and body. Text becomes what the GraphQL type wants; whether the
// value fits is then the pipeline's question, as for every request. What nobody asked for is refused, since a misspelt
// filter that is ignored answers another question.

import { getNamedType, getNullableType, isInputObjectType, isListType, type GraphQLInputType } from 'graphql';
import { isObject } from '../execute/json.ts';
import type { Variables } from '../parse/variables.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { parseJson } from '../transport/read-json.ts';
import type { Endpoint, RestParameter } from './endpoint.ts';

export interface RestRequest {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined where the endpoint has no body. */
  readonly body: unknown;
}

/** @throws {RequestRefused} 400 BAD_USER_INPUT naming the parameter. */
export function readVariables(endpoint: Endpoint, { path, query, body }: RestRequest): Variables {
  const variables: Record<string, unknown> = {};
  for (const parameter of endpoint.parameters) {
    const value = parameter.place === 'path' ? fromText(parameter.name, path[parameter.name] ?? '', parameter.type) : parameter.place === 'query' ? fromQuery(parameter, query) : undefined;
    if (value !== undefined) variables[parameter.name] = value;
    else if (parameter.place === 'query' && parameter.isRequired) throw bad(`the query parameter ${parameter.name} is missing`);
  }
  for (const name of query.keys()) if (!endpoint.parameters.some((parameter) => parameter.place === 'query' && parameter.name === name)) throw bad(`there is no query parameter ${JSON.stringify(name)}`);
  return { ...variables, ...fromBody(endpoint, body) };
}

export function hasBody(endpoint: Endpoint): boolean {
  return endpoint.parameters.some(({ place }) => place === 'body');
}

function fromBody(endpoint: Endpoint, body: unknown): Variables {
  if (!hasBody(endpoint)) return {};
  if (endpoint.wholeBody) return { [endpoint.wholeBody.name]: body };
  if (!isObject(body)) throw bad('the body must be an object');
  for (const name of Object.keys(body)) if (!endpoint.parameters.some((parameter) => parameter.place === 'body' && parameter.name === name)) throw bad(`there is no member ${JSON.stringify(name)} in the body`);
  return body;
}

function fromQuery({ name, type }: RestParameter, query: URLSearchParams): unknown {
  const values = query.getAll(name);
  if (values.length === 0) return undefined;
  const nullable = getNullableType(type);
  if (isListType(nullable)) return values.map((value) => fromText(name, value, nullable.ofType));
  if (values.length > 1) throw bad(`the query parameter ${name} is given ${values.length} times`);
  return fromText(name, values[0]!, type);
}

function fromText(name: string, text: string, type: GraphQLInputType): unknown {
  const named = getNamedType(type);
  if (isInputObjectType(named) || isListType(getNullableType(type))) return parseJson(text, name);
  switch (named.name) {
    case 'Int':
      if (/^-?\d{1,10}$/.test(text)) return Number(text);
      break;
    case 'Float':
      if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text))) return Number(text);
      break;
    case 'Boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      break;
    default:
      return text;
  }
  throw bad(`${name} must be ${named.name}, was ${JSON.stringify(text)}`);
}

function bad(message: string): RequestRefused {
  return RequestRefused.because(400, 'BAD_USER_INPUT', message);
}
