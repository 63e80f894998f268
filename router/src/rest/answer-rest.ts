// One REST request: find the endpoint, read its variables, run the operation, answer with its field or with a problem.
// Everything that guards GraphQL guards this too, because it is the same pipeline.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject, own } from '../execute/json.ts';
import type { Answer } from '../pipeline.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { asRefusal, codeOf, credentialsOf, originOf, setRefusalHeaders, signalOf } from '../transport/exchange.ts';
import type { GraphqlHttpOptions } from '../transport/graphql-http.ts';
import { JSON_TYPE, negotiate } from '../transport/media-type.ts';
import { readJsonBody } from '../transport/read-body.ts';
import { send } from '../transport/send.ts';
import type { Endpoint } from './endpoint.ts';
import type { RestApi } from './rest-api.ts';
import { PROBLEM_JSON, problemText, statusOfError, statusOfRefusal, type Problem } from './problem.ts';
import { hasBody, readVariables } from './read-variables.ts';
import { REST_METHODS, type RestMethod } from './rest-directive.ts';
import { pathValues, type RouteMatch } from './route-table.ts';

export type RestOptions = Pick<GraphqlHttpOptions, 'pipeline' | 'origins' | 'refuseOverload' | 'http' | 'onAnswered' | 'onFault'>;

/** @param url - its path begins with the prefix of `api`. */
export async function answerRest(request: IncomingMessage, response: ServerResponse, url: URL, { api, ...options }: RestOptions & { readonly api: RestApi }): Promise<void> {
  const startedMs = performance.now();
  const answered = (kind: Answer['operation']['kind'] | 'refused', code: string): void => options.onAnswered({ kind, code, seconds: (performance.now() - startedMs) / 1000 });
  let allowed = '';
  try {
    options.origins.decorate(request, response);
    const match = api.routes.match(segmentsOf(url.pathname.slice(api.prefix.length)));
    if (!match) throw RequestRefused.because(404, 'NOT_FOUND', 'no endpoint has this path');
    allowed = allowedMethods(match);
    if (request.method === 'OPTIONS') return void response.writeHead(204, { allow: allowed }).end();
    const endpoint = match.byMethod.get(methodOf(request));
    if (!endpoint) throw RequestRefused.because(405, 'METHOD_NOT_ALLOWED', `use ${allowed}`);
    options.origins.check(request);
    if (!negotiate(request.headers.accept, [JSON_TYPE, PROBLEM_JSON])) throw RequestRefused.because(406, 'NOT_ACCEPTABLE', `accept ${JSON_TYPE}`);
    options.refuseOverload();
    const body = hasBody(endpoint) ? await readJsonBody(request, options.http.maxBodyBytes) : undefined;
    const variables = readVariables(endpoint, { path: pathValues(endpoint, match.values), query: url.searchParams, body });
    const answer = await options.pipeline.answer({
      query: endpoint.text, published: true, operationName: endpoint.name, variables,
      caller: credentialsOf(request), origin: originOf(request), setHeader: (name, value) => void response.setHeader(name, value), allows: () => undefined, signal: signalOf(response),
    });
    if (answer.kind === 'stream') throw new Error('a subscription is published as REST');
    await answerWith(endpoint, answer.result, request, response);
    answered(answer.operation.kind, 'OK');
  } catch (error) {
    const refusal = asRefusal(error, options.onFault);
    setRefusalHeaders(response, refusal.status, refusal, allowed);
    await sendProblem(request, response, { status: refusal.status, errors: refusal.errors });
    answered('refused', codeOf(refusal));
  }
}

async function answerWith(endpoint: Endpoint, { dataText, errors }: Extract<Answer, { kind: 'result' }>['result'], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const data: unknown = JSON.parse(dataText ?? 'null');
  const [failure] = errors ?? [];
  if (failure) return sendProblem(request, response, { status: statusOfError(failure, isAnonymous(request)), errors: errors ?? [], data });
  const result = follow(data, endpoint.resultPath);
  if (result === null && endpoint.rest.whenNull != null) return sendProblem(request, response, { status: endpoint.rest.whenNull, errors: [{ message: 'there is no such thing', extensions: { code: 'NOT_FOUND' } }] });
  const refusals = endpoint.problemsPath ? follow(result, endpoint.problemsPath) : [];
  if (Array.isArray(refusals) && refusals.length > 0) {
    const shown = refusals.map((one: unknown) => ({ message: text(one, 'message'), extensions: { code: text(one, 'code') } }));
    return sendProblem(request, response, { status: statusOfRefusal(shown[0]!.extensions.code), errors: shown, data: result });
  }
  const status = endpoint.rest.statuses.find(({ type }) => isObject(result) && result['__typename'] === type)?.status ?? endpoint.rest.status;
  await send(request, response, { status, type: JSON_TYPE, text: JSON.stringify(result), cacheable: endpoint.rest.method === 'GET' && status === 200 });
}

async function sendProblem(request: IncomingMessage, response: ServerResponse, problem: Problem): Promise<void> {
  await send(request, response, { status: problem.status, type: PROBLEM_JSON, text: problemText(problem) });
}

/** @throws {RequestRefused} for what is no percent-encoded UTF-8. */
function segmentsOf(pathname: string): readonly string[] {
  try {
    return pathname.slice(1).split('/').map(decodeURIComponent);
  } catch {
    throw RequestRefused.because(400, 'BAD_REQUEST', 'the path must be UTF-8, percent-encoded');
  }
}

function methodOf({ method }: IncomingMessage): RestMethod {
  return method === 'HEAD' ? 'GET' : (method as RestMethod);
}

function allowedMethods({ byMethod }: RouteMatch): string {
  const methods = REST_METHODS.filter((method) => byMethod.has(method));
  return [...methods, ...(byMethod.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

function follow(value: unknown, names: readonly string[]): unknown {
  return names.reduce((at, name) => (isObject(at) ? (own(at, name) ?? null) : null), value);
}

function text(value: unknown, name: string): string {
  const found = isObject(value) ? own(value, name) : undefined;
  return typeof found === 'string' ? found : '';
}

function isAnonymous({ headers }: IncomingMessage): boolean {
  return headers.authorization === undefined && headers['x-api-key'] === undefined;
}
