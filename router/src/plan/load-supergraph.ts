// A supergraph loaded in this very thread, with Apollo's packages: for tools and tests. The router itself loads it in its
// planner thread.

import { openApolloSupergraph } from './apollo-supergraph.ts';
import { readSupergraph, type Supergraph } from './supergraph.ts';

/** @throws {Error} when the SDL is not a supergraph this router can serve. */
export function loadSupergraph(sdl: string): Supergraph {
  return readSupergraph(sdl, openApolloSupergraph(sdl).description);
}
