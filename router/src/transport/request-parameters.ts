// The parameters of a GraphQL request (GraphQL over HTTP §5), from a JSON body, a query string or a WebSocket message,
// checked by type before anything looks at them.

import type { DocumentParameters } from '../documents/documents.ts';
import { isObject } from '../execute/json.ts';
import type { Variables } from '../parse/variables.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { parseJson } from './read-json.ts';

export interface RequestParameters extends DocumentParameters {
  readonly operationName: string | undefined;
  readonly variables: Variables;
}

/** @returns the members as a body would have them, not yet checked. */
export function parametersFromQueryString({ search, searchParams }: URL): Record<string, unknown> {
  if (!isWellFormed(search)) throw bad('the query string must be UTF-8, percent-encoded');
  const one = (name: string): string | undefined => {
    const values = searchParams.getAll(name);
    if (values.length > 1) throw bad(`${name} is given ${values.length} times`);
    return values[0] === '' ? undefined : values[0];
  };
  const json = (name: string): unknown => {
    const text = one(name);
    return text === undefined ? undefined : parseJson(text, name);
  };
  return { query: one('query'), documentId: one('documentId'), operationName: one('operationName'), variables: json('variables'), extensions: json('extensions') };
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

function isWellFormed(search: string): boolean {
  try {
    decodeURIComponent(search);
    return true;
  } catch {
    return false;
  }
}

function bad(message: string): RequestRefused {
  return RequestRefused.because(400, 'BAD_REQUEST', message);
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}
