// GraphQL over HTTP: GET for queries, POST for all, JSON or an event stream back. Status codes follow the specification:
// application/json answers 200 to every well-formed GraphQL request, application/graphql-response+json says 4xx when the
// operation never ran.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from '../pipeline.ts';
import type { Operation } from '../parse/operation.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { QUERY_PLAN_HEADER } from '../respond/query-plan-view.ts';
import { writeRefusal, type Result } from '../respond/result.ts';
import { SharedResult } from '../subscribe/shared-result.ts';
import { answerBatch } from './batch.ts';
import { asRefusal, codeOf, credentialsOf, originOf, setRefusalHeaders, signalOf } from './exchange.ts';
import { EVENT_STREAM, JSON_TYPE, negotiate, RESPONSE_JSON, type AnswerType } from './media-type.ts';
import { readOperations } from './read-operations.ts';
import { remembering } from './remember.ts';
import { parametersFrom, type RequestParameters } from './request-parameters.ts';
import { send } from './send.ts';
import { answerSingleConnection, isSingleConnection, type SingleConnectionOptions } from './single-connection.ts';
import { eventStream, partsFormatOf, streamFormatOf } from './stream-formats.ts';
import { StreamResponse } from './stream-response.ts';

export interface GraphqlHttpOptions extends SingleConnectionOptions {
  /** One call per operation, when its answer is complete. */
  readonly onAnswered: (outcome: Outcome) => void;
}

export interface Outcome {
  readonly kind: Operation['kind'] | 'refused';
  readonly code: string;
  readonly seconds: number;
}

export async function answerHttp(request: IncomingMessage, response: ServerResponse, url: URL, options: GraphqlHttpOptions): Promise<void> {
  if (isSingleConnection(request, url)) return answerSingleConnection(request, response, url, options);
  const startedMs = performance.now();
  const answered = (kind: Outcome['kind'], code: string): void => options.onAnswered({ kind, code, seconds: (performance.now() - startedMs) / 1000 });
  let type: AnswerType = JSON_TYPE;
  try {
    options.origins.check(request);
    type = acceptable(request);
    options.refuseOverload();
    const asked = await readOperations(request, url, options.http.maxBodyBytes);
    const signal = signalOf(response);
    const run = (parameters: RequestParameters, accept: string | undefined): Promise<Answer> =>
      options.pipeline.answer({ ...parameters, caller: credentialsOf(request), origin: originOf(request), setHeader: (name, value) => void response.setHeader(name, value), allows: (kind) => refusalOf(kind, request.method, accept), showPlan: request.headers[QUERY_PLAN_HEADER] === '1', takesParts: partsFormatOf(accept) !== undefined, signal });
    if (Array.isArray(asked)) return await answerBatch(asked, { request, response, type, run, answered, ...options });
    const answer = await run(parametersFrom(asked), request.headers.accept);
    if (answer.kind === 'stream') await stream(response, answer, request, options);
    else if (type === EVENT_STREAM) await streamOne(response, answer.result, options);
    else await send(request, response, { status: 200, type, text: answer.result.text, cacheable: request.method === 'GET' && answer.result.errors === undefined });
    answered(answer.operation.kind, 'OK');
  } catch (error) {
    const refusal = asRefusal(error, options.onFault);
    if (type === EVENT_STREAM && isGraphql(refusal)) await streamRefusal(response, refusal, options);
    else await refuse(request, response, refusal, type);
    answered('refused', codeOf(refusal));
  }
}

/** What is no well-formed GraphQL request; to every other 400 and 404 application/json says 200. */
const NO_GRAPHQL_REQUEST: ReadonlySet<string> = new Set(['BAD_REQUEST', 'BATCHING_DISABLED', 'MAX_BATCH_SIZE_EXCEEDED', 'PERSISTED_QUERY_HASH_MISMATCH']);

async function refuse(request: IncomingMessage, response: ServerResponse, refusal: RequestRefused, type: AnswerType): Promise<void> {
  const status = type === JSON_TYPE && isGraphql(refusal) ? 200 : refusal.status;
  setRefusalHeaders(response, status, refusal, request.method === 'GET' ? 'POST' : 'GET, POST, OPTIONS');
  await send(request, response, { status, type: type === RESPONSE_JSON ? RESPONSE_JSON : JSON_TYPE, text: writeRefusal(refusal.errors).text });
}

function isGraphql(refusal: RequestRefused): boolean {
  return (refusal.status === 400 || refusal.status === 404) && !NO_GRAPHQL_REQUEST.has(codeOf(refusal));
}

function acceptable({ headers: { accept } }: IncomingMessage): AnswerType {
  const type = answerTypeOf(accept);
  if (!type) throw RequestRefused.because(406, 'NOT_ACCEPTABLE', `accept one of ${RESPONSE_JSON}, ${JSON_TYPE}, ${EVENT_STREAM}`);
  return type;
}

const answerTypeOf = remembering((accept) => negotiate(accept) ?? ((streamFormatOf(accept) ?? partsFormatOf(accept)) && JSON_TYPE));

function refusalOf(kind: Operation['kind'], method: string | undefined, accept: string | undefined): RequestRefused | undefined {
  if (kind === 'mutation' && method === 'GET') return RequestRefused.because(405, 'METHOD_NOT_ALLOWED', 'mutations need POST');
  if (kind === 'subscription' && !streamFormatOf(accept)) return RequestRefused.because(406, 'NOT_ACCEPTABLE', `subscriptions over HTTP need accept: ${EVENT_STREAM}, or multipart/mixed;subscriptionSpec="1.0"`);
  return undefined;
}

async function stream(response: ServerResponse, answer: Answer & { readonly kind: 'stream' }, { headers }: IncomingMessage, { heartbeats }: GraphqlHttpOptions): Promise<void> {
  const format = answer.operation.deferred ? partsFormatOf(headers.accept) : streamFormatOf(headers.accept);
  const streaming = new StreamResponse(response, format ?? eventStream, heartbeats);
  streaming.open(answer.stream);
  await streaming.closed;
}

/** What GraphQL itself refuses comes through the stream that was asked for: EventSource shows its user nothing of a 400. */
async function streamRefusal(response: ServerResponse, refusal: RequestRefused, { heartbeats }: GraphqlHttpOptions): Promise<void> {
  const streaming = new StreamResponse(response, eventStream, heartbeats);
  streaming.end(refusal);
  await streaming.closed;
}

async function streamOne(response: ServerResponse, result: Result, { heartbeats }: GraphqlHttpOptions): Promise<void> {
  const streaming = new StreamResponse(response, eventStream, heartbeats);
  streaming.next(new SharedResult(result));
  streaming.end();
  await streaming.closed;
}
