// All clients that asked the same thing with the same identity: one upstream subscription, one join and one text per
// event, shared by every member.
//
//   upstream event -> waiting (bounded) -> join, several at a time -> deliver in order -> each member
//   supergraph changed -> the next event is joined by the new plan; upstream changes only if its operation did

import { setImmediate as nextTurn } from 'node:timers/promises';
import { execute, respond, type PreparedOperation } from '../execute/execute.ts';
import { applyRewrites } from '../execute/rewrites.ts';
import type { SubgraphError } from '../execute/subgraph-client.ts';
import { mapSubgraphError } from '../execute/subgraph-errors.ts';
import { RequestRefused, type GraphError } from '../respond/graph-error.ts';
import { KEY_ALIAS, type CompiledSubscription } from './compile-subscription.ts';
import { MAX_WAITING_STATES, Member } from './member.ts';
import { SharedResult } from './shared-result.ts';
import { fieldOf, Upstream } from './upstream.ts';
import type { UpstreamEvent, UpstreamSocket } from './upstream-socket.ts';

/** An operation and what to subscribe to for it. */
export interface Subscribed {
  readonly prepared: PreparedOperation;
  readonly subscription: CompiledSubscription;
  readonly socket: UpstreamSocket;
}

export interface GroupOptions extends Subscribed {
  /** What a subgraph is shown of the identity, made fresh per subscribe. */
  readonly extensions: () => Record<string, unknown>;
  readonly onDelivered: (members: number) => void;
  /** Nobody is left, or the stream has ended. */
  readonly onEnd: () => void;
}

/** Events that wait for a join where some may be left out: a burst beyond it loses its oldest. */
const MAX_WAITING_DROPPABLE = 256;
/** One read of a socket brings some 300 small events: a stream that must not have holes ends only far behind such bursts. */
const MAX_WAITING_EVENTS = 4_096;
/** Joins in flight at once: order is kept on delivery. */
const MAX_JOINS = 16;
/** Members served before the event loop gets a turn: about 5 ms of it. */
const MEMBERS_PER_TURN = 500;

/** An upstream subscription and how its events are joined; the plan may be replaced by one for the same upstream operation. */
interface Source {
  subscribed: Subscribed;
  /** Keeps the graph of the plan open. */
  lease: Disposable;
  readonly upstream: Upstream;
}

interface Waiting {
  readonly source: Source;
  readonly event: UpstreamEvent;
}

interface Joined {
  readonly result: SharedResult;
  readonly key: unknown;
}

export class Group {
  readonly #options: GroupOptions;
  readonly #members = new Set<Member>();
  readonly #ended = new AbortController();
  readonly #waiting: Waiting[] = [];
  /** Where states are coalesced: the newest of each thing, oldest first. */
  readonly #newest = new Map<unknown, SharedResult>();
  #joins = 0;
  #tail: Promise<void> = Promise.resolve();
  #source: Source;
  /** Serves until the source that replaces it has its first event. */
  #previous: Source | undefined;
  #hasPassedEvents = false;

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#source = this.#open(options);
  }

  get prepared(): PreparedOperation {
    return this.#source.subscribed.prepared;
  }

  /** Whether a newcomer would get what it asked for: not if its cursor lies behind what this group has passed. */
  get isOpenToNewcomers(): boolean {
    const { subscription, prepared } = this.#source.subscribed;
    return !this.#hasPassedEvents || subscription.resume?.(prepared.variables) == null;
  }

  join(): Member {
    const member = new Member(this.#source.subscribed.subscription.onOverflow);
    member.onLeave(() => this.#leave(member));
    this.#members.add(member);
    for (const [key, result] of this.#newest) member.push(result, key);
    return member;
  }

  /** Between two events: what comes from now on is joined by the new plan. */
  replan(subscribed: Subscribed): void {
    if (this.#ended.signal.aborted) return;
    const current = this.#source;
    if (isSameUpstream(current.subscribed, subscribed)) {
      const { lease } = current;
      current.subscribed = subscribed;
      current.lease = subscribed.prepared.graph.leases.take();
      this.#behindJoins(() => lease[Symbol.dispose]());
      return;
    }
    this.#stop(this.#previous);
    this.#previous = current;
    const { after } = current.upstream;
    const goesOnBehind = subscribed.subscription.resume !== undefined && after != null;
    if (goesOnBehind) this.#stopPrevious();
    this.#source = this.#open(subscribed, goesOnBehind ? after : undefined);
  }

  /** Ends every member, behind what waits for it; with an error unless upstream completed. */
  end(refusal?: RequestRefused): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#waiting.length = 0;
    this.#stop(this.#source);
    this.#stopPrevious();
    this.#options.onEnd();
    for (const member of this.#members) member.end(refusal);
  }

  #leave(member: Member): void {
    this.#members.delete(member);
    if (this.#members.size === 0) this.end();
  }

  #open(subscribed: Subscribed, after?: unknown): Source {
    const source: Source = {
      subscribed,
      lease: subscribed.prepared.graph.leases.take(),
      upstream: new Upstream({
        ...subscribed,
        variables: subscribed.prepared.variables,
        after,
        extensions: this.#options.extensions,
        sink: {
          next: (event) => this.#accept({ source, event }),
          complete: () => this.#close(source),
          refused: (errors) => this.#close(source, new RequestRefused(200, mapErrors(source.subscribed, errors))),
          lost: () => this.#close(source, RequestRefused.because(503, 'UPSTREAM_LOST', `${subscribed.subscription.serviceName} was lost; subscribe again`)),
        },
      }),
    };
    return source;
  }

  #close(source: Source, refusal?: RequestRefused): void {
    if (source === this.#source) this.#behindJoins(() => this.end(refusal));
    else if (source === this.#previous) this.#stopPrevious();
  }

  #stopPrevious(): void {
    this.#stop(this.#previous);
    this.#previous = undefined;
  }

  #stop(source: Source | undefined): void {
    source?.upstream.stop();
    this.#behindJoins(() => source?.lease[Symbol.dispose]());
  }

  #accept(waiting: Waiting): void {
    if (waiting.source === this.#source && this.#previous) this.#stopPrevious();
    this.#waiting.push(waiting);
    const mustHaveAll = waiting.source.subscribed.subscription.onOverflow === 'close';
    if (this.#waiting.length > (mustHaveAll ? MAX_WAITING_EVENTS : MAX_WAITING_DROPPABLE)) {
      if (mustHaveAll) return this.end(RequestRefused.because(503, 'SLOW_CONSUMER', 'events arrive faster than they can be joined'));
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

  async #join({ source: { subscribed }, event }: Waiting): Promise<Joined> {
    const { prepared, subscription } = subscribed;
    const data = event.data ?? {};
    const key = subscription.responseName === undefined ? undefined : JSON.stringify(fieldOf(event, subscription.responseName, KEY_ALIAS));
    applyRewrites(prepared.plan.primary?.fetch.outputRewrites ?? [], prepared.graph.supergraph.types, data);
    const executed = await execute({ ...prepared, signal: this.#ended.signal }, prepared.graph.call, { data, errors: mapErrors(subscribed, event.errors) });
    return { result: new SharedResult(respond(prepared, executed)), key };
  }

  async #deliver({ result, key }: Joined): Promise<void> {
    this.#joins--;
    this.#hasPassedEvents = true;
    this.#remember(result, key);
    const members = this.#members.size > MEMBERS_PER_TURN ? [...this.#members] : this.#members;
    let served = 0;
    for (const member of members) {
      member.push(result, key);
      if (++served % MEMBERS_PER_TURN === 0) await nextTurn();
    }
    if (served > 0) this.#options.onDelivered(served);
    this.#startJoins();
  }

  #remember(result: SharedResult, key: unknown): void {
    if (this.#source.subscribed.subscription.onOverflow !== 'coalesce') return;
    this.#newest.delete(key);
    this.#newest.set(key, result);
    const [oldest] = this.#newest.keys();
    if (this.#newest.size > MAX_WAITING_STATES) this.#newest.delete(oldest);
  }

  /** Once every event that has come by now is delivered. */
  #behindJoins(act: () => void): void {
    if (this.#waiting.length === 0) this.#tail = this.#tail.then(act);
    else this.#tail = this.#tail.then(() => this.#behindJoins(act));
  }
}

function isSameUpstream(a: Subscribed, b: Subscribed): boolean {
  return a.socket === b.socket && a.subscription.query === b.subscription.query;
}

function mapErrors({ prepared, subscription }: Subscribed, errors: readonly SubgraphError[]): readonly GraphError[] {
  if (errors.length === 0) return [];
  const part = { path: [], outputRewrites: prepared.plan.primary?.fetch.outputRewrites ?? [], fields: prepared.plan.primary?.fields ?? [] };
  return errors.flatMap((error) => mapSubgraphError(error, { part, root: {}, targets: [], asked: [], serviceName: subscription.serviceName }));
}
