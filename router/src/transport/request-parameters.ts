// The parameters of a GraphQL request (GraphQL over HTTP §5), from a JSON body, a query string or a WebSocket message,
// checked by type before anything looks at them.

import type { DocumentParameters } from '../documents/documents.ts';
import { isObject } from '../execute/json.ts';
import type { Variables } from '../parse/variables.ts';
import { RequestRefused } from '../respond/graph-error.ts';

export interface RequestParameters extends DocumentParameters {
  readonly operationName: string | undefined;
  readonly variables: Variables;
}

export function parametersFromBody(text: string): RequestParameters {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw bad('the body must be JSON');
  }
  if (Array.isArray(body)) throw bad('batched requests are not served');
  return parametersFrom(body);
}

export function parametersFromQueryString(search: URLSearchParams): RequestParameters {
  const json = (name: string): unknown => {
    const text = search.get(name);
    if (text === null || text === '') return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw bad(`${name} must be JSON`);
    }
  };
  const query = search.get('query');
  const operationName = search.get('operationName');
  return parametersFrom({ query: query ?? undefined, documentId: search.get('documentId') ?? undefined, operationName: operationName === '' ? undefined : operationName, variables: json('variables'), extensions: json('extensions') });
}

/** @throws {RequestRefused} BAD_REQUEST naming the parameter of a wrong type. */
export function parametersFrom(body: unknown): RequestParameters {
  if (!isObject(body)) throw bad('the request must be an object');
  const { query, documentId, operationName, variables, extensions } = body;
  if (query != null && typeof query !== 'string') throw bad(`query must be a string, was ${typeName(query)}`);
  if (documentId != null && typeof documentId !== 'string') throw bad(`documentId must be a string, was ${typeName(documentId)}`);
  if (operationName != null && typeof operationName !== 'string') throw bad(`operationName must be a string, was ${typeName(operationName)}`);
  if (variables != null && !isObject(variables)) throw bad(`variables must be an object, was ${typeName(variables)}`);
  if (extensions != null && !isObject(extensions)) throw bad(`extensions must be an object, was ${typeName(extensions)}`);
  return { query: query ?? undefined, documentId: documentId ?? undefined, operationName: operationName ?? undefined, variables: variables ?? {}, extensions: extensions ?? undefined };
}

function bad(message: string): RequestRefused {
  return RequestRefused.because(400, 'BAD_REQUEST', message);
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}
