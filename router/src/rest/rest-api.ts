// REST over the graph: published operations, each with method and path, run through the same pipeline as every other
// request. This file makes the endpoints of one graph and answers for them; docs/openapi come from the same endpoints.

import type { Graph } from '../graph.ts';
import { ANONYMOUS_IDENTITY } from '../authenticate/identity.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { compileEndpoint, type Endpoint } from './endpoint.ts';
import { createOpenApi } from './openapi.ts';
import type { RestSettings } from './rest-config.ts';
import { RestError, type RestOperation } from './rest-operations.ts';
import { RouteTable } from './route-table.ts';

/** What one graph offers over REST. */
export interface RestApi {
  readonly prefix: string;
  readonly routes: RouteTable;
  /** The OpenAPI document as JSON. */
  readonly openApi: string;
}

/** What of a graph is needed to know its endpoints. */
export type RestGraph = Pick<Graph, 'parser' | 'authorizer'> & { readonly supergraph: Pick<Graph['supergraph'], 'apiSchema'> };

/** @throws {RestError} when an operation does not fit the graph; named by file and operation. */
export async function createRestApi(operations: readonly RestOperation[], graph: RestGraph, settings: RestSettings): Promise<RestApi> {
  const endpoints: PublishedEndpoint[] = [];
  for (const operation of operations) endpoints.push(await publish(operation, graph));
  return { prefix: settings.prefix, routes: new RouteTable(endpoints), openApi: JSON.stringify(createOpenApi(endpoints, graph.supergraph.apiSchema, settings)) };
}

/** An endpoint, and whether an anonymous caller is refused part of it. */
export type PublishedEndpoint = Endpoint & { readonly needsIdentity: boolean };

async function publish(operation: RestOperation, graph: RestGraph): Promise<PublishedEndpoint> {
  try {
    const parsed = await graph.parser.parse(operation.text, operation.name);
    const endpoint = compileEndpoint(operation, parsed.definition, graph.supergraph.apiSchema);
    return { ...endpoint, needsIdentity: graph.authorizer.authorize(parsed, ANONYMOUS_IDENTITY, {}).errors.length > 0 };
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    throw new RestError(`${operation.file}: ${operation.name}: ${error.errors.map(({ message }) => message).join('; ')}`, { cause: error });
  }
}
