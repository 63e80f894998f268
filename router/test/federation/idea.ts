// What a conformance case is: subgraphs that really run, a request, the whole answer, and how often each subgraph was
// called for it. One folder an idea; federation.test.ts runs them all.

export interface Idea {
  /** By name; resolvers as for @apollo/subgraph. */
  readonly subgraphs: Readonly<Record<string, { readonly sdl: string; readonly resolvers?: Record<string, unknown> }>>;
  /** The router's settings file; all defaults when absent. */
  readonly settings?: object;
  readonly cases: readonly Case[];
}

export interface Case {
  readonly title: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly data: unknown;
  /** Code and path of each error, in any order; none when absent. */
  readonly errors?: readonly { readonly code: string; readonly path?: readonly (string | number)[] }[];
  /** HTTP calls by subgraph; a subgraph that is not named is not called. */
  readonly calls: Readonly<Record<string, number>>;
}

/** The head of a Federation 2 subgraph that imports `directives`. */
export function federation(...directives: readonly string[]): string {
  return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${directives.map((name) => `"@${name}"`).join(', ')}])\n`;
}
