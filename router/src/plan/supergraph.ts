// One composed supergraph, loaded once: the API schema clients see, where the subgraphs live, and the planner.
// Only this folder knows Apollo's packages; the rest of the router sees graphql-js types and our own.

import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph as ApolloSupergraph } from '@apollo/federation-internals';
import { parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import { createPlanner, type Planner } from './planner.ts';
import { TypeTable } from './type-table.ts';

export interface Supergraph {
  /** What clients may ask: no federation machinery, no inaccessible parts. */
  readonly apiSchema: GraphQLSchema;
  readonly document: DocumentNode;
  /** Routing URL by subgraph name. */
  readonly subgraphUrls: ReadonlyMap<string, string>;
  readonly types: TypeTable;
  readonly planner: Planner;
  /** Whether a subgraph itself can resolve `type.field`. */
  readonly subgraphHasField: (subgraph: string, type: string, field: string) => boolean;
}

/**
 * Loads a supergraph from its SDL.
 *
 * @param urlOverrides - by subgraph name; others keep the URL of the supergraph.
 * @throws {Error} when the SDL is not a supergraph this router can serve, or an override names no subgraph.
 */
export function loadSupergraph(sdl: string, urlOverrides: Readonly<Record<string, string>> = {}): Supergraph {
  const apollo = ApolloSupergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  const api = apollo.apiSchema();
  const document = parse(sdl);
  return {
    apiSchema: api.toGraphQLJSSchema(),
    document,
    subgraphUrls: subgraphUrls(apollo, urlOverrides),
    types: new TypeTable(document),
    planner: createPlanner(apollo, api),
    subgraphHasField: (subgraph, type, field) => hasField(apollo, subgraph, type, field),
  };
}

function subgraphUrls(apollo: ApolloSupergraph, overrides: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const urls = new Map(apollo.subgraphsMetadata().map(({ name, url }) => [name, url]));
  for (const [name, url] of Object.entries(overrides)) {
    if (!urls.has(name)) throw new Error(`SUBGRAPH_URLS names ${JSON.stringify(name)}, which is not in the supergraph`);
    urls.set(name, url);
  }
  for (const [name, url] of urls) if (!URL.canParse(url)) throw new Error(`subgraph ${name} has no usable URL, was ${JSON.stringify(url)}`);
  return urls;
}

function hasField(apollo: ApolloSupergraph, subgraph: string, typeName: string, field: string): boolean {
  const type = apollo.subgraphs().get(subgraph)?.schema.type(typeName);
  return type?.kind === 'ObjectType' && type.field(field) !== undefined;
}
