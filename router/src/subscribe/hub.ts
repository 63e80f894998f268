// Shares live streams between clients. The key holds everything that could make two answers differ, the identity first:
// whoever sees another's data through it has found a bug that must not exist.

import { LRUCache } from 'lru-cache';
import type { PreparedOperation } from '../execute/execute.ts';
import type { CompiledPlan } from '../execute/compile-plan.ts';
import type { CallSubgraph } from '../execute/run-plan.ts';
import type { Identity } from '../authenticate/identity.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import type { Result } from '../respond/result.ts';
import { compileSubscription, type CompiledSubscription } from './compile-subscription.ts';
import type { EventQueue } from './event-queue.ts';
import { Group } from './group.ts';
import { UpstreamSocket } from './upstream-socket.ts';

export interface HubOptions {
  readonly subgraphUrl: (serviceName: string) => string;
  readonly call: CallSubgraph;
  /** What goes into `extensions` of an upstream subscribe, e.g. the signed viewer. */
  readonly extensions: (identity: Identity) => Record<string, unknown>;
  readonly onDelivered: (members: number) => void;
}

/** Streams of one router; the next one is refused. */
export const MAX_CLIENT_STREAMS = 50_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

export class Hub implements AsyncDisposable {
  readonly #options: HubOptions;
  readonly #groups = new Map<string, Group>();
  readonly #all = new Set<Group>();
  readonly #sockets = new Map<string, UpstreamSocket>();
  readonly #compiled = new LRUCache<CompiledPlan, CompiledSubscription>({ max: 1_000 });
  #streams = 0;
  #closing = false;

  constructor(options: HubOptions) {
    this.#options = options;
  }

  get clientStreams(): number {
    return this.#streams;
  }

  get upstreamStreams(): number {
    return this.#all.size;
  }

  /** @throws {RequestRefused} when the operation's root was withheld, or the router is full or closing. */
  subscribe(prepared: PreparedOperation): AsyncIterableIterator<Result> {
    const { permitted, identity } = prepared;
    if (this.#closing) throw RequestRefused.because(503, 'SHUTTING_DOWN', 'the router is shutting down');
    if (permitted.isEmpty) throw new RequestRefused(200, permitted.errors);
    if (this.#streams >= MAX_CLIENT_STREAMS) throw RequestRefused.because(503, 'TOO_MANY_SUBSCRIPTIONS', `the router carries ${MAX_CLIENT_STREAMS} streams already`);
    const key = groupKey(prepared);
    const known = this.#groups.get(key);
    const group = known?.isOpenToNewcomers ? known : this.#open(key, prepared);
    return this.#attend(group.join(), identity);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    for (const group of [...this.#all]) group.end(RequestRefused.because(503, 'SHUTTING_DOWN', 'the router is shutting down'));
    await Promise.all([...this.#sockets.values()].map((socket) => socket[Symbol.asyncDispose]()));
  }

  #open(key: string, prepared: PreparedOperation): Group {
    const subscription = this.#compile(prepared);
    const group: Group = new Group({
      prepared: { ...prepared, signal: undefined },
      subscription,
      socket: this.#socket(subscription.serviceName),
      call: this.#options.call,
      extensions: () => this.#options.extensions(prepared.identity),
      onDelivered: this.#options.onDelivered,
      onEnd: () => {
        this.#all.delete(group);
        if (this.#groups.get(key) === group) this.#groups.delete(key);
      },
    });
    this.#all.add(group);
    this.#groups.set(key, group);
    return group;
  }

  /** Counts the stream and ends it when its credential does. */
  #attend(queue: EventQueue, { expiresAtMs }: Identity): AsyncIterableIterator<Result> {
    this.#streams++;
    const expire = (): void => queue.end(RequestRefused.because(401, 'TOKEN_EXPIRED', 'the credential has expired'));
    const expiry = expiresAtMs === undefined ? undefined : setTimeout(expire, Math.min(Math.max(expiresAtMs - Date.now(), 0), MAX_TIMER_MS));
    queue.onLeave(() => {
      this.#streams--;
      clearTimeout(expiry);
    });
    return queue;
  }

  #compile(prepared: PreparedOperation): CompiledSubscription {
    const { plan, graph } = prepared;
    if (!plan.primary) throw new Error('the plan of a subscription has a primary fetch');
    const known = this.#compiled.get(plan);
    if (known) return known;
    const compiled = compileSubscription(plan.primary.fetch, graph.supergraph);
    this.#compiled.set(plan, compiled);
    return compiled;
  }

  #socket(serviceName: string): UpstreamSocket {
    const known = this.#sockets.get(serviceName);
    if (known) return known;
    const socket = new UpstreamSocket(this.#options.subgraphUrl(serviceName));
    this.#sockets.set(serviceName, socket);
    return socket;
  }
}

function groupKey({ identity, operation, permitted, variables }: PreparedOperation): string {
  return JSON.stringify([identity.key, permitted.key, operation.key, Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
