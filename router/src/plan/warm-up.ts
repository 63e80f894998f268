// Plans before there is traffic: of the trusted documents, and at a reload of what the old graph is asked most. Bounded in
// time and number, since a cold operation is only slow, while a router that is not ready helps nobody.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Graph } from '../graph.ts';
import { RequestRefused } from '../respond/graph-error.ts';

export interface WarmUpOptions {
  readonly trusted: Iterable<string>;
  readonly before: Graph | undefined;
  readonly withinMs: number;
}

/** Of the old graph's documents, and again of its plans: an operation of which parts are withheld has its own. */
const MAX_HOT = 500;

/** @returns the number of operations that are planned now. */
export async function warmUp(graph: Graph, { trusted, before, withinMs }: WarmUpOptions): Promise<number> {
  const deadlineMs = performance.now() + withinMs;
  const texts = new Set([...(before?.parser.hottest(MAX_HOT) ?? []), ...trusted, ...(before?.plans.hottest(MAX_HOT) ?? [])]);
  let planned = 0;
  for (const text of texts) {
    if (performance.now() > deadlineMs) break;
    if (await planOne(graph, text)) planned++;
    await nextTurn();
  }
  return planned;
}

/** What does not fit the new graph is refused when it is asked. */
async function planOne(graph: Graph, text: string): Promise<boolean> {
  try {
    const operation = await graph.parser.parse(text, undefined);
    await graph.plans.of({ ...operation, isEmpty: false, errors: [] }, {});
    if (operation.inParts) await graph.plans.of({ ...operation.inParts.with({}), isEmpty: false, errors: [] }, {});
    return true;
  } catch (error) {
    if (error instanceof RequestRefused) return false;
    throw error;
  }
}
