// What a GraphQL response may say about a failure. Errors the client can act on keep their message and a code of the
// closed list; everything else is a bug or an outage: logged with its cause, shown as INTERNAL.

import { GraphQLError, type ExecutionResult, type FormattedExecutionResult } from 'graphql';
import { asClientError } from './errors.ts';
import type { Logger } from './logger.ts';

export function formatResult(result: ExecutionResult, requestId: string, logger: Logger): FormattedExecutionResult {
  if (!result.errors) return result as FormattedExecutionResult;
  return { ...result, errors: result.errors.map((error) => shown(error, requestId, logger).toJSON()) };
}

export function shown(error: GraphQLError, requestId: string, logger: Logger): GraphQLError {
  const client = asClientError(error.originalError);
  if (client) return withCode(error, client.message, { code: client.code, ...(client.field && { field: client.field }) });
  // graphql-js itself refuses documents, variables and arguments; those messages are about the request.
  if (isAboutRequest(error)) return withCode(error, error.message, { code: 'VALIDATION', ...error.extensions });
  logger.error({ err: error.originalError ?? error, path: error.path, requestId }, 'resolver failed');
  return withCode(error, 'internal error', { code: 'INTERNAL', requestId });
}

function isAboutRequest(error: GraphQLError): boolean {
  return error.originalError === undefined || error.originalError instanceof GraphQLError;
}

function withCode(error: GraphQLError, message: string, extensions: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, { nodes: error.nodes, source: error.source, positions: error.positions, path: error.path, extensions });
}
