// All clients that asked the same thing with the same identity: one upstream subscription, one join and one text per
// event, shared by every member.
//
//   upstream event -> waiting (bounded) -> join, several at a time -> deliver in order -> each member's queue
//   socket lost    -> subscribe again behind the last cursor, or end everyone with UPSTREAM_LOST

import { execute, type PreparedOperation } from '../execute/execute.ts';
import { isObject } from '../execute/json.ts';
import { applyRewrites } from '../execute/rewrites.ts';
import type { CallSubgraph } from '../execute/run-plan.ts';
import type { SubgraphError } from '../execute/subgraph-client.ts';
import { mapSubgraphError } from '../execute/subgraph-errors.ts';
import { RequestRefused, type GraphError } from '../respond/graph-error.ts';
import type { Result } from '../respond/result.ts';
import { AFTER_VARIABLE, CURSOR_ALIAS, type CompiledSubscription } from './compile-subscription.ts';
import { EventQueue } from './event-queue.ts';
import type { UpstreamEvent, UpstreamSocket } from './upstream-socket.ts';

export interface GroupOptions {
  readonly prepared: PreparedOperation;
  readonly subscription: CompiledSubscription;
  readonly socket: UpstreamSocket;
  readonly call: CallSubgraph;
  /** What a subgraph is shown of the identity, made fresh per subscribe. */
  readonly extensions: () => Record<string, unknown>;
  readonly onDelivered: (members: number) => void;
  /** Nobody is left, or the stream has ended. */
  readonly onEnd: () => void;
}

/** Events that wait for a join; a burst beyond it loses its oldest, or ends a stream that must not have holes. */
const MAX_WAITING_EVENTS = 256;
/** Joins in flight at once: order is kept on delivery. */
const MAX_JOINS = 16;
const MAX_RESUMES = 8;
const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 5_000;

export class Group {
  readonly #options: GroupOptions;
  readonly #members = new Set<EventQueue>();
  readonly #ended = new AbortController();
  readonly #waiting: UpstreamEvent[] = [];
  #joins = 0;
  #tail: Promise<void> = Promise.resolve();
  #unsubscribe: () => void = () => undefined;
  #resumes = 0;
  #backoff: NodeJS.Timeout | undefined;
  #after: unknown;
  #last: Result | undefined;

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#after = options.subscription.resume?.initial(options.prepared.variables);
    this.#subscribe();
  }

  /** Whether a newcomer would get what it asked for: not if its cursor lies behind what this group has passed. */
  get isOpenToNewcomers(): boolean {
    const { resume } = this.#options.subscription;
    return !resume || this.#last === undefined || resume.initial(this.#options.prepared.variables) == null;
  }

  join(): EventQueue {
    const { resume } = this.#options.subscription;
    const member = new EventQueue(resume ? 'close' : 'drop-oldest');
    member.onLeave(() => this.#leave(member));
    this.#members.add(member);
    // A stream of states begins with the state there is; a stream of events begins with the next one.
    if (this.#last && !resume) member.push(this.#last);
    return member;
  }

  /** Ends every member, with an error unless upstream completed. */
  end(error?: RequestRefused): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    clearTimeout(this.#backoff);
    this.#unsubscribe();
    this.#options.onEnd();
    for (const member of this.#members) member.end(error);
  }

  #leave(member: EventQueue): void {
    this.#members.delete(member);
    if (this.#members.size === 0) this.end();
  }

  #subscribe(): void {
    const { subscription, prepared, socket, extensions } = this.#options;
    const variables: Record<string, unknown> = {};
    for (const name of subscription.variableNames) if (Object.hasOwn(prepared.variables, name)) variables[name] = prepared.variables[name];
    if (subscription.resume && this.#after !== undefined) variables[AFTER_VARIABLE] = this.#after;
    const { query, operationName } = subscription;
    this.#unsubscribe = socket.subscribe(
      { query, variables, extensions: extensions(), ...(operationName === undefined ? {} : { operationName }) },
      {
        next: (event) => this.#accept(event),
        complete: () => this.#endBehindJoins(),
        refused: (errors) => this.#endBehindJoins(new RequestRefused(200, this.#mapErrors(errors))),
        lost: () => this.#resume(),
      },
    );
  }

  #accept(event: UpstreamEvent): void {
    const { resume } = this.#options.subscription;
    this.#resumes = 0;
    if (resume) this.#after = takeCursor(event, resume.responseName) ?? this.#after;
    this.#waiting.push(event);
    if (this.#waiting.length > MAX_WAITING_EVENTS) {
      if (resume) return this.end(RequestRefused.because(503, 'SLOW_CONSUMER', `events arrive faster than they can be joined`));
      this.#waiting.shift();
    }
    this.#startJoins();
  }

  #startJoins(): void {
    while (this.#joins < MAX_JOINS && this.#waiting.length > 0) {
      const joined = this.#join(this.#waiting.shift()!);
      this.#joins++;
      this.#tail = this.#tail.then(() => joined).then((result) => this.#deliver(result), () => this.end(RequestRefused.because(500, 'INTERNAL', 'internal error')));
    }
  }

  #join(event: UpstreamEvent): Promise<Result> {
    const { prepared, call } = this.#options;
    const { primary } = prepared.plan;
    const data = event.data ?? {};
    applyRewrites(primary?.fetch.outputRewrites ?? [], prepared.graph.supergraph.types, data);
    return execute({ ...prepared, signal: this.#ended.signal }, call, { data, errors: this.#mapErrors(event.errors) });
  }

  #deliver(result: Result): void {
    this.#joins--;
    this.#last = result;
    if (!this.#ended.signal.aborted) {
      for (const member of this.#members) member.push(result);
      this.#options.onDelivered(this.#members.size);
    }
    this.#startJoins();
  }

  #endBehindJoins(error?: RequestRefused): void {
    if (this.#waiting.length === 0) this.#tail = this.#tail.then(() => this.end(error));
    else this.#tail = this.#tail.then(() => this.#endBehindJoins(error));
  }

  #resume(): void {
    if (this.#ended.signal.aborted) return;
    const { subscription } = this.#options;
    const known = subscription.resume !== undefined && this.#after != null;
    if (!known || this.#resumes >= MAX_RESUMES) {
      return this.#endBehindJoins(RequestRefused.because(503, 'UPSTREAM_LOST', `${subscription.serviceName} was lost; subscribe again`));
    }
    const delayMs = Math.min(FIRST_BACKOFF_MS * 2 ** this.#resumes, MAX_BACKOFF_MS);
    this.#resumes++;
    this.#backoff = setTimeout(() => this.#subscribe(), delayMs);
  }

  #mapErrors(errors: readonly SubgraphError[]): readonly GraphError[] {
    const { prepared, subscription } = this.#options;
    const part = { path: [], conditions: [], outputRewrites: prepared.plan.primary?.fetch.outputRewrites ?? [], fields: prepared.plan.primary?.fields ?? [] };
    return errors.flatMap((error) => mapSubgraphError(error, { part, root: {}, asked: [], serviceName: subscription.serviceName }));
  }
}

function takeCursor(event: UpstreamEvent, responseName: string): unknown {
  const value = event.data?.[responseName];
  return isObject(value) ? value[CURSOR_ALIAS] : undefined;
}
