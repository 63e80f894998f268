// Queries and mutations: one POST, one answer (GraphQL over HTTP).

import type { ClientOptions, RequestOptions } from './client-options.ts';
import { GraphQLRequestError, NetworkError, isUnauthenticated } from './errors.ts';
import type { GraphQLResult, Operation } from './operation.ts';
import { linkedSignal } from './linked-signal.ts';

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Sends an operation once, and once more when the token had to be renewed.
 *
 * @throws {GraphQLRequestError} the graph answered with errors.
 * @throws {NetworkError} no answer came.
 */
export async function request(options: ClientOptions, operation: Operation, variables: unknown, call: RequestOptions = {}): Promise<unknown> {
  try {
    return await send(options, operation, variables, call);
  } catch (error) {
    if (!isUnauthenticated(error) || !(await options.refreshToken?.())) throw error;
    return send(options, operation, variables, call);
  }
}

async function send(options: ClientOptions, operation: Operation, variables: unknown, { signal, errorPolicy }: RequestOptions): Promise<unknown> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  using linked = linkedSignal([signal], { timeoutMs });
  const result = await post(options, operation, variables, linked.signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (linked.signal.aborted) throw new NetworkError(operation.name, `no answer within ${timeoutMs} ms`);
    throw error;
  });
  const { data, errors } = result;
  if (!errors?.length) return data;
  if (errorPolicy !== 'partial' || data === undefined || data === null) throw new GraphQLRequestError(operation.name, errors, data ?? null);
  options.onPartialErrors?.(operation.name, errors);
  return data;
}

async function post(options: ClientOptions, operation: Operation, variables: unknown, signal: AbortSignal): Promise<GraphQLResult> {
  const response = await openResponse(options, operation, { variables, accept: 'application/json', signal });
  const text = await response.text();
  try {
    const result = JSON.parse(text) as GraphQLResult;
    if (result.data !== undefined || Array.isArray(result.errors)) return result;
  } catch {
    // Not GraphQL; said below.
  }
  throw new NetworkError(operation.name, `HTTP ${response.status} without a GraphQL result`, { status: response.status });
}

export interface OpenOptions {
  readonly variables: unknown;
  readonly accept: string;
  readonly signal: AbortSignal;
}

/** @throws {NetworkError} when no response begins. */
export async function openResponse(options: ClientOptions, { name, text }: Operation, { variables, accept, signal }: OpenOptions): Promise<Response> {
  const token = await options.getToken?.();
  const headers: Record<string, string> = { 'content-type': 'application/json', accept, ...(token && { authorization: `Bearer ${token}` }) };
  const body = JSON.stringify({ query: text, operationName: name, variables: variables ?? {} });
  try {
    return await (options.fetch ?? fetch)(options.url, { method: 'POST', headers, body, signal });
  } catch (cause) {
    throw new NetworkError(name, `${options.url} cannot be reached`, { cause });
  }
}
