// Apollo's planner in the test's own thread. A planner thread loads it anew, more than a second of a processor for each of
// a hundred routers; here the suites of a worker load it once. What threads add is proved in planner-threads.test.ts.

import { openApolloSupergraph, type ApolloSupergraph } from '../plan/apollo-supergraph.ts';
import { SupergraphRefused } from '../plan/planner-thread.ts';
import type { OpenPlanner } from '../plan/open-planner.ts';

export const openPlannerHere: OpenPlanner = async ({ sdl }) => {
  const supergraph = open(sdl);
  return {
    description: supergraph.description,
    planner: {
      plan: async (text, overrides) => asSent(supergraph.planOperation(text, overrides)),
      validate: async (text) => asSent(supergraph.validate(text)),
      refuseIfFull: () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    },
  };
};

function open(sdl: string): ApolloSupergraph {
  try {
    return openApolloSupergraph(sdl);
  } catch (error) {
    throw new SupergraphRefused((error as Error).message);
  }
}

/** A thread answers in JSON, so the router must do with that. */
function asSent<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
