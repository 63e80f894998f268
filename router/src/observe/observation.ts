// What is seen of one request on its way through the pipeline: how long each stage took, how often subgraphs were asked, and
// its spans where they are recorded. Untraced it costs a reading of the clock a stage.

import type { Operation } from '../parse/operation.ts';
import type { FetchSpan, RequestSpans } from './request-spans.ts';

/** In the order of the pipeline; what has no name of its own counts to the stage before it. */
export const STAGES = ['authenticate', 'document', 'parse', 'authorize', 'plan', 'execute', 'respond'] as const;
export type Stage = (typeof STAGES)[number];

export type StageTimes = { readonly [Name in Stage]?: number };

const UNTRACED: FetchSpan = { headers: {}, end: () => undefined };

export class Observation {
  readonly startedMs = performance.now();
  /** Milliseconds, of the stages that were reached. */
  readonly stagesMs: { [Name in Stage]?: number } = {};
  readonly spans: RequestSpans | undefined;
  operation: Operation | undefined;
  /** Whether the document is one of the platform's own, so that its name is one of few. */
  isTrusted = false;
  fetches = 0;
  #stage: Stage | undefined;
  #enteredMs = this.startedMs;

  constructor(spans?: RequestSpans) {
    this.spans = spans;
  }

  /** Ends the stage before it. */
  enter(stage: Stage): void {
    this.leave();
    this.#stage = stage;
    this.spans?.enter(stage);
  }

  asks(operation: Operation, isTrusted: boolean): void {
    this.operation = operation;
    this.isTrusted = isTrusted;
  }

  /** @param url - of the subgraph. @returns what to send along, and to tell when the answer is there. */
  fetch(subgraph: string, url: URL): FetchSpan {
    this.fetches++;
    return this.spans?.fetch(subgraph, url) ?? UNTRACED;
  }

  /** Ends the last stage. @returns milliseconds since the start. */
  leave(): number {
    const nowMs = performance.now();
    if (this.#stage) this.stagesMs[this.#stage] = nowMs - this.#enteredMs;
    this.#stage = undefined;
    this.#enteredMs = nowMs;
    return nowMs - this.startedMs;
  }
}
