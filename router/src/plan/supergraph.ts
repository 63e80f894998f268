// One composed supergraph as the router's main thread knows it: the API schema clients see, where the subgraphs live, and
// which types are which. It is read from the SDL and from what Apollo's packages said of it in the planner thread.

import { buildSchema, parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import { readPlannerNames, type PlannerNames } from './client-names.ts';
import { TypeTable } from './type-table.ts';

/** What Apollo's packages know of a supergraph, as plain JSON. */
export interface SupergraphDescription {
  /** What clients may ask: no federation machinery, no inaccessible parts. */
  readonly apiSdl: string;
  readonly subgraphUrls: Readonly<Record<string, string>>;
  /** By subgraph and object type, the fields the subgraph knows. */
  readonly subgraphFields: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface Supergraph {
  readonly apiSchema: GraphQLSchema;
  readonly document: DocumentNode;
  /** Routing URL by name of each subgraph that has one. */
  readonly subgraphUrls: ReadonlyMap<string, string>;
  readonly types: TypeTable;
  readonly plannerNames: PlannerNames;
  /** Whether a subgraph itself can resolve `type.field`. */
  readonly subgraphHasField: (subgraph: string, type: string, field: string) => boolean;
}

/** Of the incremental delivery proposal (2022-08-24); Apollo's packages know it without a definition. */
const DEFER = 'directive @defer(label: String, if: Boolean! = true) on FRAGMENT_SPREAD | INLINE_FRAGMENT';

/**
 * @param urlOverrides - by subgraph name; others keep the URL of the supergraph.
 * @throws {Error} when a URL is none.
 */
export function readSupergraph(sdl: string, description: SupergraphDescription, urlOverrides: Readonly<Record<string, string>> = {}): Supergraph {
  const document = parse(sdl, { noLocation: true });
  return {
    apiSchema: buildApiSchema(description),
    document,
    subgraphUrls: subgraphUrls(description, urlOverrides),
    types: new TypeTable(document),
    plannerNames: readPlannerNames(document),
    subgraphHasField: (subgraph, type, field) => description.subgraphFields[subgraph]?.[type]?.includes(field) ?? false,
  };
}

export function buildApiSchema({ apiSdl }: SupergraphDescription): GraphQLSchema {
  return buildSchema(`${apiSdl}\n${DEFER}`, { noLocation: true, assumeValidSDL: true });
}

/** A subgraph composed without a URL cannot be asked; the rest of the graph is served. */
function subgraphUrls(description: SupergraphDescription, overrides: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const urls = new Map(Object.entries(description.subgraphUrls));
  for (const [name, url] of Object.entries(overrides)) if (urls.has(name)) urls.set(name, url);
  for (const [name, url] of urls) {
    if (url === '') urls.delete(name);
    else if (!URL.canParse(url)) throw new Error(`subgraph ${name} has no usable URL, was ${JSON.stringify(url)}`);
  }
  return urls;
}
