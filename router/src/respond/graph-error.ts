// The closed list of codes this router answers with, and the one shape of an error in a response. A subgraph's own
// codes pass through beside these; everything a request may be refused for is a RequestRefused with its HTTP status.

export const ROUTER_ERROR_CODES = [
  'BAD_REQUEST',
  'METHOD_NOT_ALLOWED',
  'NOT_ACCEPTABLE',
  'UNSUPPORTED_MEDIA_TYPE',
  'PAYLOAD_TOO_LARGE',
  'HEADERS_TOO_LARGE',
  'URI_TOO_LONG',
  'REQUEST_TIMEOUT',
  'NOT_FOUND',
  'BATCHING_DISABLED',
  'MAX_BATCH_SIZE_EXCEEDED',
  'CROSS_SITE_REQUEST_REFUSED',
  'OVERLOADED',
  'RATE_LIMITED',
  'RATE_LIMIT_UNAVAILABLE',
  'UNAUTHENTICATED',
  'AUTHENTICATION_UNAVAILABLE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'PERSISTED_QUERY_HASH_MISMATCH',
  'DOCUMENT_NOT_TRUSTED',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
  'MAX_TOKENS_EXCEEDED',
  'MAX_DEPTH_EXCEEDED',
  'MAX_ALIASES_EXCEEDED',
  'MAX_DIRECTIVES_EXCEEDED',
  'MAX_ROOT_FIELDS_EXCEEDED',
  'MAX_FIELDS_EXCEEDED',
  'MAX_DEFERS_EXCEEDED',
  'MAX_VARIABLES_EXCEEDED',
  'INTROSPECTION_DISABLED',
  'MAX_COST_EXCEEDED',
  'SLICING_ARGUMENT_REQUIRED',
  'PLANNING_FAILED',
  'PLANNING_TIMEOUT',
  'PLANNING_OVERLOADED',
  'UNAUTHORIZED_FIELD_OR_TYPE',
  'SUBGRAPH_UNAVAILABLE',
  'SUBGRAPH_TIMEOUT',
  'SUBGRAPH_CIRCUIT_OPEN',
  'SUBGRAPH_BAD_RESPONSE',
  'DOWNSTREAM_SERVICE_ERROR',
  'INVALID_RESPONSE',
  'TOO_MANY_SUBSCRIPTIONS',
  'SLOW_CONSUMER',
  'UPSTREAM_LOST',
  'SUPERGRAPH_CHANGED',
  'STREAM_NOT_FOUND',
  'STREAM_CONFLICT',
  'TOKEN_EXPIRED',
  'SHUTTING_DOWN',
  'INTERNAL',
] as const;
export type RouterErrorCode = (typeof ROUTER_ERROR_CODES)[number];

export type ResponsePath = readonly (string | number)[];

/** An error as it is written into `errors`. */
export interface GraphError {
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly path?: ResponsePath;
  readonly extensions: { readonly code: string; readonly serviceName?: string; readonly [key: string]: unknown };
}

export function graphError(code: RouterErrorCode, message: string, where: { readonly path?: ResponsePath; readonly serviceName?: string } = {}): GraphError {
  return {
    message,
    ...(where.path === undefined ? {} : { path: where.path }),
    extensions: where.serviceName === undefined ? { code } : { code, serviceName: where.serviceName },
  };
}

/** Thrown by a step of the pipeline when the request ends here; caught once, by the transport. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly errors: readonly GraphError[];
  /** HTTP status of a refusal before execution; JSON clients of the old media type see 200 where the specification says so. */
  readonly status: number;
  /** When a client that is refused for now (429, 503) should come back. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, errors: readonly GraphError[], retryAfterSeconds?: number) {
    super(errors[0]?.message ?? 'request refused');
    this.status = status;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  static because(status: number, code: RouterErrorCode, message: string, retryAfterSeconds?: number): RequestRefused {
    return new RequestRefused(status, [graphError(code, message)], retryAfterSeconds);
  }
}
