import type { GraphQLResult, Operation } from './operation.ts';

/** A way to carry subscriptions. It tries once; coming back after a loss is the business of resuming-subscription.ts. */
export interface LiveTransport {
  /**
   * Opens one stream of results. Ends when the server completes it or the signal fires.
   *
   * @throws {GraphQLRequestError} the graph refused the operation.
   * @throws {NetworkError} the connection could not be made or was lost.
   */
  open(operation: Operation, variables: unknown, signal: AbortSignal): AsyncIterable<GraphQLResult>;
  close(): void;
}
