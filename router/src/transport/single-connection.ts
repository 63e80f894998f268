// The HTTP requests of GraphQL over SSE's single connection mode; event-stream-connection.ts holds the streams they speak of.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authenticator } from '../authenticate/authenticator.ts';
import type { Pipeline } from '../pipeline.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { writeRefusal } from '../respond/result.ts';
import type { EventStreams } from './event-stream-connection.ts';
import { asRefusal, credentialsOf, originOf, setRefusalHeaders } from './exchange.ts';
import type { Heartbeats } from './heartbeats.ts';
import type { HttpSettings } from './http-config.ts';
import { JSON_TYPE } from './media-type.ts';
import type { Origins } from './origins.ts';
import { readOperations } from './read-operations.ts';
import { parametersFrom } from './request-parameters.ts';
import { send } from './send.ts';

export interface SingleConnectionOptions {
  readonly pipeline: Pipeline;
  readonly authenticator: Authenticator;
  readonly origins: Origins;
  readonly heartbeats: Heartbeats;
  /** Before a body is read. @throws {RequestRefused} */
  readonly refuseOverload: () => void;
  readonly eventStreams: EventStreams;
  readonly http: HttpSettings;
  readonly onFault: (error: unknown) => void;
}

const TOKEN_HEADER = 'x-graphql-event-stream-token';
const METHODS = 'GET, POST, PUT, DELETE, OPTIONS';

/** Whether this is a request of the single connection mode: it reserves a stream, or names one. */
export function isSingleConnection(request: IncomingMessage, url: URL): boolean {
  return request.method === 'PUT' || request.method === 'DELETE' || tokenOf(request, url) !== undefined;
}

export async function answerSingleConnection(request: IncomingMessage, response: ServerResponse, url: URL, options: SingleConnectionOptions): Promise<void> {
  try {
    options.origins.check(request);
    options.refuseOverload();
    await answer(request, response, url, options);
  } catch (error) {
    const refusal = asRefusal(error, options.onFault);
    setRefusalHeaders(response, refusal.status, refusal, METHODS);
    await send(request, response, { status: refusal.status, type: JSON_TYPE, text: writeRefusal(refusal.errors).text });
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, url: URL, options: SingleConnectionOptions): Promise<void> {
  const { eventStreams, heartbeats, authenticator } = options;
  const token = tokenOf(request, url) ?? '';
  // EventSource sends no headers of its own, so the token alone opens the stream that was reserved with a credential.
  if (request.method === 'GET' && /text\/event-stream/i.test(request.headers.accept ?? '')) return eventStreams.open(token).stream(response, heartbeats);
  const identity = await authenticator.authenticate(credentialsOf(request));
  switch (request.method) {
    case 'PUT': {
      const reserved = eventStreams.reserve(identity);
      response.writeHead(201, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
      return void response.end(reserved);
    }
    case 'DELETE': {
      const operationId = url.searchParams.get('operationId');
      if (!operationId) throw RequestRefused.because(400, 'BAD_REQUEST', 'operationId is missing');
      eventStreams.find(token, identity).complete(operationId);
      return end(response, 200);
    }
    default: {
      const connection = eventStreams.find(token, identity);
      const parameters = parametersFrom(await readOperations(request, url, options.http.maxBodyBytes));
      const operation = connection.begin(parameters.extensions?.['operationId']);
      try {
        operation.take(await options.pipeline.answer({ ...parameters, caller: identity, origin: originOf(request), allows: (kind) => refusalOf(kind, request.method), signal: operation.signal }));
      } catch (error) {
        const refusal = asRefusal(error, options.onFault);
        operation.leave(refusal);
        throw refusal;
      }
      return end(response, 202);
    }
  }
}

function refusalOf(kind: string, method: string | undefined): RequestRefused | undefined {
  return kind === 'mutation' && method === 'GET' ? RequestRefused.because(405, 'METHOD_NOT_ALLOWED', 'mutations need POST') : undefined;
}

function tokenOf(request: IncomingMessage, url: URL): string | undefined {
  const header = request.headers[TOKEN_HEADER];
  return (Array.isArray(header) ? header[0] : header) ?? url.searchParams.get('token') ?? undefined;
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0 });
  response.end();
}
