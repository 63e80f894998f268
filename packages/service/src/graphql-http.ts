// POST /graphql: body -> viewer -> document -> execute -> answer. Well-formed requests answer 200 even with errors in
// the result (GraphQL over HTTP, application/json); 400 refuses the request itself, 401 the identity.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { GraphQLError, execute } from 'graphql';
import { z } from 'zod';
import { originFrom } from './client-origin.ts';
import { ClientError } from './errors.ts';
import { formatResult } from './graphql-errors.ts';
import { abortOnClose, readBody, sendJson } from './http-exchange.ts';
import type { Door, RequestContext } from './subgraph-server.ts';
import { VIEWER_HEADER, verifyViewer } from './viewer.ts';

const requestBody = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

export async function answerOperation<C extends RequestContext>(door: Door<C>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = header(request, 'x-request-id') ?? randomUUID();
  const signal = abortOnClose(response);
  try {
    const viewer = verifyViewer(header(request, VIEWER_HEADER), door.internalSecret, Date.now());
    const body = parseBody(await readBody(request));
    const prepared = door.documents.prepare(body.query, body.operationName);
    if (!('operation' in prepared)) return sendJson(response, 400, formatResult({ errors: prepared }, requestId, door.logger));
    const { document, operation } = prepared;
    if (operation.operation === 'subscription') throw new ClientError('VALIDATION', 'subscriptions come over graphql-transport-ws');
    const finish = door.metrics.requestSeconds.startTimer({ operation: operation.operation });
    const contextValue = await door.context({ viewer, signal, requestId, ...originFrom(request.headers) });
    const result = await execute({ schema: door.schema, document, contextValue, variableValues: body.variables, operationName: body.operationName });
    finish({ outcome: result.errors ? 'error' : 'ok' });
    sendJson(response, 200, formatResult(result, requestId, door.logger));
  } catch (error) {
    refuse(door, response, requestId, error);
  }
}

function parseBody(text: string): z.infer<typeof requestBody> {
  try {
    return requestBody.parse(JSON.parse(text));
  } catch (error) {
    throw new ClientError('VALIDATION', 'body must be JSON with a string `query` and an object `variables`', { cause: error });
  }
}

function refuse<C extends RequestContext>(door: Door<C>, response: ServerResponse, requestId: string, error: unknown): void {
  const cause = error instanceof Error ? error : new Error(String(error));
  const status = !(error instanceof ClientError) ? 500 : error.code === 'UNAUTHENTICATED' ? 401 : 400;
  sendJson(response, status, formatResult({ errors: [new GraphQLError(cause.message, { originalError: cause })] }, requestId, door.logger));
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
