// Entry of a planner thread: loads the supergraph once, says what it is or why it cannot be served, then answers jobs one
// after another. Once loaded it gives way to the router's main thread: planning must not slow down what is planned already.

import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openApolloSupergraph, type ApolloSupergraph } from './apollo-supergraph.ts';
import type { SupergraphDescription } from './supergraph.ts';

/** The `workerData` of the thread. */
export interface PlannerWorkerData {
  readonly sdl: string;
}

/** One at a time. */
export type PlannerJob = { readonly kind: 'plan'; readonly text: string; readonly overrides: readonly string[] } | { readonly kind: 'validate'; readonly text: string };

export type PlannerMessage =
  | { readonly kind: 'ready'; readonly description: SupergraphDescription }
  | { readonly kind: 'refused'; readonly message: string }
  /** `answer`: the JSON of a QueryPlan, or of a list of InvalidPlace. */
  | { readonly kind: 'answered'; readonly answer: string }
  | { readonly kind: 'failed'; readonly message: string };

const supergraph = load(workerData as PlannerWorkerData);
if (supergraph) {
  lowerPriority();
  parentPort!.on('message', (job: PlannerJob) => post(answer(supergraph, job)));
  post({ kind: 'ready', description: supergraph.description });
}

function load({ sdl }: PlannerWorkerData): ApolloSupergraph | undefined {
  try {
    return openApolloSupergraph(sdl);
  } catch (error) {
    post({ kind: 'refused', message: messageOf(error) });
    return undefined;
  }
}

function answer(loaded: ApolloSupergraph, job: PlannerJob): PlannerMessage {
  try {
    const answer = job.kind === 'plan' ? loaded.planOperation(job.text, job.overrides) : loaded.validate(job.text);
    return { kind: 'answered', answer: JSON.stringify(answer) };
  } catch (error) {
    return { kind: 'failed', message: messageOf(error) };
  }
}

function post(message: PlannerMessage): void {
  parentPort!.postMessage(message);
}

/** On Linux a priority is a thread's own; elsewhere it would be the whole process's, so it stays. */
function lowerPriority(): void {
  if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
