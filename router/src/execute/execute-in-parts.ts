// An operation with @defer: all fetches of its plan start as soon as they can; the first answer leaves when its own are
// done, each deferred part when its own are. A part exists once per object that the fragment applies to, and is found when
// what surrounds it is written, so what has become null has none.

import { setMaxListeners } from 'node:events';
import { RequestRefused, type GraphError } from '../respond/graph-error.ts';
import { hasIntrospection } from '../respond/introspection.ts';
import type { DeferredPart, Projection } from '../respond/project.ts';
import type { Receiver, ResultStream } from '../subscribe/member.ts';
import { SharedResult } from '../subscribe/shared-result.ts';
import type { FetchStep } from './compile-plan.ts';
import { divideErrors, stagesSelecting } from './deferred-errors.ts';
import { NO_INTROSPECTION, type PreparedOperation } from './execute.ts';
import type { JsonObject } from './json.ts';
import { startPlan, type CallSubgraph, type Execution } from './run-plan.ts';

/** From the start; fetches that are still under way then fail, and their parts say so. */
const DEADLINE_MS = 60_000;

/**
 * Resolves with the first answer written and the rest under way, in the format of 2022-08-24: the first payload has `data`
 * and `hasNext`, each later one `incremental` (parts that were ready together, each with `label`, `path`, `data` and its
 * `errors`) and `hasNext`.
 *
 * @param held - given back when the last part is written or the client has left.
 */
export async function executeInParts(prepared: PreparedOperation, call: CallSubgraph, held: readonly Disposable[]): Promise<ResultStream> {
  const answer = new AnswerInParts(prepared, held);
  try {
    await answer.begin(call);
    return answer;
  } catch (error) {
    answer.leave();
    throw error;
  }
}

/** `undefined` is the first answer. */
type Stage = string | undefined;

class AnswerInParts implements ResultStream {
  readonly #prepared: PreparedOperation;
  readonly #held: readonly Disposable[];
  readonly #data: JsonObject = {};
  readonly #errors = new Map<Stage, GraphError[]>();
  readonly #introspection: Projection['introspection'];
  readonly #stop = new AbortController();
  readonly #deadline: NodeJS.Timeout;
  /** Stages whose fetches are under way. */
  readonly #fetching = new Set<string>();
  /** By stage, what the client is still to get, as far as it is known. */
  readonly #parts = new Map<string, DeferredPart[]>();
  #first = '';
  #receiver: Receiver | undefined;
  #flush: NodeJS.Immediate | undefined;
  #failure: RequestRefused | undefined;

  constructor(prepared: PreparedOperation, held: readonly Disposable[]) {
    const { graph, operation, variables } = prepared;
    this.#prepared = prepared;
    this.#held = held;
    this.#introspection = hasIntrospection(operation.definition) ? graph.introspection.answer(operation.document, operation.key, variables) : NO_INTROSPECTION;
    this.#deadline = setTimeout(() => this.#stop.abort(), DEADLINE_MS);
  }

  async begin(call: CallSubgraph): Promise<void> {
    const { graph, operation, permitted, plan } = this.#prepared;
    for (const error of permitted.errors) {
      for (const stage of stagesSelecting(error.path ?? [], operation)) this.#errorsOf(stage).push(error);
    }
    const executions = this.#executions(plan.steps);
    const done = startPlan(plan, ({ stage }) => executions.get(stage)!, { call, types: graph.supergraph.types });
    const doneOf = (stage: Stage): Promise<unknown> => Promise.all(done.filter((_, index) => plan.steps[index]!.stage === stage));
    for (const stage of executions.keys()) if (stage !== undefined) this.#await(stage, doneOf(stage));
    await doneOf(undefined);
    this.#first = this.#writeFirst();
  }

  open(receiver: Receiver): void {
    this.#receiver = receiver;
    receiver.next(new SharedResult({ text: this.#first }));
    this.drained();
  }

  drained(): void {
    const receiver = this.#receiver;
    if (!receiver || receiver.isFull) return;
    if (this.#failure) return this.#end(receiver);
    const written: string[] = [];
    for (let stage = this.#readyStage(); stage !== undefined; stage = this.#readyStage()) written.push(...this.#writeStage(stage));
    const hasNext = this.#parts.size > 0;
    if (written.length > 0) receiver.next(new SharedResult({ text: `{"incremental":[${written.join(',')}],"hasNext":${hasNext}}` }));
    if (!hasNext) this.#end(receiver);
  }

  leave(): void {
    this.#receiver = undefined;
    clearTimeout(this.#deadline);
    clearImmediate(this.#flush);
    this.#stop.abort();
    for (const thing of this.#held) thing[Symbol.dispose]();
  }

  #end(receiver: Receiver): void {
    this.leave();
    receiver.end(this.#failure);
  }

  #executions(steps: readonly FetchStep[]): ReadonlyMap<Stage, Execution> {
    const { signal } = this.#prepared;
    const later = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
    setMaxListeners(0, later); // one for each fetch, which the plan bounds
    const stages = new Set<Stage>([undefined, ...steps.map(({ stage }) => stage)]);
    return new Map([...stages].map((stage) => [stage, { ...this.#prepared, data: this.#data, errors: this.#errorsOf(stage), shared: new Map(), signal: stage === undefined ? signal : later }]));
  }

  /** What is done in the same turn leaves together. */
  #await(stage: string, done: Promise<unknown>): void {
    this.#fetching.add(stage);
    const flushSoon = (): void => {
      clearImmediate(this.#flush);
      this.#flush = setImmediate(() => this.drained());
    };
    done.then(
      () => {
        this.#fetching.delete(stage);
        flushSoon();
      },
      () => {
        this.#failure = RequestRefused.because(500, 'INTERNAL', 'internal error');
        flushSoon();
      },
    );
  }

  #readyStage(): string | undefined {
    for (const stage of this.#parts.keys()) if (!this.#fetching.has(stage)) return stage;
    return undefined;
  }

  #writeFirst(): string {
    const { graph, operation, coerced, extensions } = this.#prepared;
    const errors = this.#errorsOf(undefined);
    const deferred: DeferredPart[] = [];
    const data = graph.projectors.get(operation, coerced)(this.#data, { errors, introspection: this.#introspection, deferred });
    this.#expect(deferred);
    return `{${errorsEntry(errors)}"data":${data},"hasNext":${this.#parts.size > 0}${extensions === undefined ? '' : `,"extensions":${JSON.stringify(extensions)}`}}`;
  }

  /** All of its parts are known: they were found in one earlier stage. */
  #writeStage(stage: string): string[] {
    const parts = this.#parts.get(stage) ?? [];
    this.#parts.delete(stage);
    const errors = this.#errorsOf(stage);
    const divided = divideErrors(errors, parts);
    return parts.map((part) => {
      const deferred: DeferredPart[] = [];
      const explaining = [...errors];
      const data = part.write({ errors: explaining, introspection: this.#introspection, deferred });
      this.#expect(deferred);
      const { fragment: { label }, path } = part;
      const own = [...divided.get(part)!, ...explaining.slice(errors.length)];
      return `{${label === undefined ? '' : `"label":${JSON.stringify(label)},`}"path":${JSON.stringify(path)},${errorsEntry(own)}"data":${data}}`;
    });
  }

  #expect(parts: readonly DeferredPart[]): void {
    for (const part of parts) {
      const { stage } = part.fragment;
      const known = this.#parts.get(stage);
      if (known) known.push(part);
      else this.#parts.set(stage, [part]);
    }
  }

  #errorsOf(stage: Stage): GraphError[] {
    const errors = this.#errors.get(stage) ?? [];
    this.#errors.set(stage, errors);
    return errors;
  }
}

function errorsEntry(errors: readonly GraphError[]): string {
  return errors.length === 0 ? '' : `"errors":${JSON.stringify(errors)},`;
}
