// GraphQL over HTTP: GET for queries, POST for all, JSON or an event stream back. Status codes follow the specification:
// application/json answers 200 to every well-formed GraphQL request, application/graphql-response+json says 4xx when the
// operation never ran.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientOrigin } from '@mib/service/client-origin';
import type { Pipeline } from '../pipeline.ts';
import type { Operation } from '../parse/operation.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { writeRefusal, type Result } from '../respond/result.ts';
import type { ResultStream } from '../subscribe/member.ts';
import { EVENT_STREAM, JSON_TYPE, negotiate, RESPONSE_JSON, type AnswerType } from './media-type.ts';
import type { Origins } from './origins.ts';
import { readBody } from './read-body.ts';
import { parametersFromBody, parametersFromQueryString, type RequestParameters } from './request-parameters.ts';
import type { Heartbeats } from './heartbeats.ts';
import { eventStream, streamFormatOf } from './stream-formats.ts';
import { StreamResponse } from './stream-response.ts';
import { SharedResult } from '../subscribe/shared-result.ts';

export interface GraphqlHttpOptions {
  readonly pipeline: Pipeline;
  readonly origins: Origins;
  readonly heartbeats: Heartbeats;
  readonly maxBodyBytes: number;
  /** One call per request, when its answer is complete. */
  readonly onAnswered: (outcome: Outcome) => void;
  readonly onFault: (error: unknown) => void;
}

export interface Outcome {
  readonly kind: Operation['kind'] | 'refused';
  readonly code: string;
  readonly seconds: number;
}

export async function answerHttp(request: IncomingMessage, response: ServerResponse, url: URL, options: GraphqlHttpOptions): Promise<void> {
  const startedMs = performance.now();
  let type: AnswerType = JSON_TYPE;
  let outcome: Omit<Outcome, 'seconds'>;
  try {
    options.origins.check(request.headers);
    type = acceptable(request);
    const answer = await options.pipeline.answer({
      ...(await readParameters(request, url, options.maxBodyBytes)),
      caller: { authorization: request.headers.authorization, apiKey: singleHeader(request, 'x-api-key') },
      origin: originOf(request),
      allows: (kind) => refusalOf(kind, request),
      signal: signalOf(response),
    });
    outcome = { kind: answer.operation.kind, code: 'OK' };
    if (answer.kind === 'stream') await stream(response, answer.stream, request, options);
    else if (type === EVENT_STREAM) await streamOne(response, answer.result, options);
    else sendText(response, 200, type, answer.result.text);
  } catch (error) {
    const refusal = asRefusal(error, options.onFault);
    outcome = { kind: 'refused', code: refusal.errors[0]?.extensions.code ?? 'INTERNAL' };
    refuse(response, refusal, type);
  }
  options.onAnswered({ ...outcome, seconds: (performance.now() - startedMs) / 1000 });
}

/** A bug is logged and shown as nothing but INTERNAL. */
export function asRefusal(error: unknown, onFault: (error: unknown) => void): RequestRefused {
  if (error instanceof RequestRefused) return error;
  onFault(error);
  return RequestRefused.because(500, 'INTERNAL', 'internal error');
}

/** Well-formed requests that GraphQL itself refuses: application/json says 200 to them. */
const GRAPHQL_REFUSALS: ReadonlySet<string> = new Set([
  'PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_SUPPORTED',
  'GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'OPERATION_RESOLUTION_FAILURE', 'BAD_USER_INPUT', 'PLANNING_FAILED',
  'MAX_TOKENS_EXCEEDED', 'MAX_DEPTH_EXCEEDED', 'MAX_ALIASES_EXCEEDED', 'MAX_DIRECTIVES_EXCEEDED', 'MAX_ROOT_FIELDS_EXCEEDED', 'MAX_FIELDS_EXCEEDED', 'MAX_VARIABLES_EXCEEDED',
  'INTROSPECTION_DISABLED',
]);

function refuse(response: ServerResponse, refusal: RequestRefused, type: AnswerType): void {
  if (response.headersSent || response.destroyed) return;
  const code = refusal.errors[0]?.extensions.code ?? 'INTERNAL';
  const status = type === JSON_TYPE && GRAPHQL_REFUSALS.has(code) ? 200 : refusal.status;
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (status === 405) response.setHeader('allow', code === 'METHOD_NOT_ALLOWED' ? 'GET, POST' : 'POST');
  if (status === 413) response.setHeader('connection', 'close');
  sendText(response, status, type === RESPONSE_JSON ? RESPONSE_JSON : JSON_TYPE, writeRefusal(refusal.errors).text);
}

function acceptable(request: IncomingMessage): AnswerType {
  const type = negotiate(request.headers.accept) ?? (streamFormatOf(request.headers.accept) && JSON_TYPE);
  if (!type) throw RequestRefused.because(406, 'NOT_ACCEPTABLE', `accept one of ${RESPONSE_JSON}, ${JSON_TYPE}, ${EVENT_STREAM}`);
  return type;
}

async function readParameters(request: IncomingMessage, url: URL, maxBodyBytes: number): Promise<RequestParameters> {
  if (request.method === 'GET') return parametersFromQueryString(url.searchParams);
  if (request.method !== 'POST') throw RequestRefused.because(405, 'METHOD_NOT_ALLOWED', 'use GET or POST');
  // Only a type that makes browsers ask first (CORS preflight) is read, so no form of another site can post here.
  const contentType = request.headers['content-type'];
  if (contentType === undefined || !/^application\/(graphql\+)?json\s*(;|$)/i.test(contentType)) throw RequestRefused.because(415, 'UNSUPPORTED_MEDIA_TYPE', 'content-type must be application/json');
  const charset = /;\s*charset="?([^";\s]+)/i.exec(contentType)?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw RequestRefused.because(415, 'UNSUPPORTED_MEDIA_TYPE', 'the body must be UTF-8');
  return parametersFromBody(await readBody(request, maxBodyBytes));
}

function refusalOf(kind: Operation['kind'], { method, headers }: IncomingMessage): RequestRefused | undefined {
  if (kind === 'mutation' && method === 'GET') return RequestRefused.because(405, 'METHOD_NOT_ALLOWED', 'mutations need POST');
  if (kind === 'subscription' && !streamFormatOf(headers.accept)) return RequestRefused.because(406, 'NOT_ACCEPTABLE', `subscriptions over HTTP need accept: ${EVENT_STREAM}, or multipart/mixed;subscriptionSpec="1.0"`);
  return undefined;
}

async function stream(response: ServerResponse, results: ResultStream, { headers }: IncomingMessage, { heartbeats }: GraphqlHttpOptions): Promise<void> {
  const streaming = new StreamResponse(response, streamFormatOf(headers.accept) ?? eventStream, heartbeats);
  streaming.open(results);
  await streaming.closed;
}

async function streamOne(response: ServerResponse, result: Result, { heartbeats }: GraphqlHttpOptions): Promise<void> {
  const streaming = new StreamResponse(response, eventStream, heartbeats);
  streaming.next(new SharedResult(result));
  streaming.end();
  await streaming.closed;
}

function signalOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** The peer of the connection; no forwarding header is believed, for no proxy is configured. */
export function originOf(request: IncomingMessage): ClientOrigin {
  const { remoteAddress } = request.socket;
  const userAgent = request.headers['user-agent'];
  return { ...(remoteAddress !== undefined && { clientIp: remoteAddress.replace(/^::ffff:/, '') }), ...(userAgent !== undefined && { userAgent }) };
}

function singleHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
