// Shares live streams between clients. The key holds everything that could make two answers differ, the identity first:
// whoever sees another's data through it has found a bug that must not exist.

import { LRUCache } from 'lru-cache';
import type { PreparedOperation } from '../execute/execute.ts';
import type { CompiledPlan } from '../execute/compile-plan.ts';
import type { CallSubgraph } from '../execute/run-plan.ts';
import type { Identity } from '../authenticate/identity.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { compileSubscription, type CompiledSubscription } from './compile-subscription.ts';
import { atTime } from './deadline.ts';
import { Group, type Subscribed } from './group.ts';
import type { Member, ResultStream } from './member.ts';
import type { SubscriptionsConfig } from './subscriptions-config.ts';
import { UpstreamSocket } from './upstream-socket.ts';

export interface HubOptions extends Pick<SubscriptionsConfig, 'policies' | 'maxStreams'> {
  readonly call: CallSubgraph;
  /** What goes into `extensions` of an upstream subscribe, e.g. the signed viewer. */
  readonly extensions: (identity: Identity) => Record<string, unknown>;
  readonly onDelivered: (members: number) => void;
}

const MAX_COMPILED = 1_000;

export class Hub implements AsyncDisposable {
  readonly #options: HubOptions;
  readonly #groups = new Map<string, Group>();
  readonly #all = new Set<Group>();
  /** By URL; each opens with its first subscription and closes after its last. */
  readonly #sockets = new Map<string, UpstreamSocket>();
  readonly #compiled = new LRUCache<CompiledPlan, CompiledSubscription>({ max: MAX_COMPILED });
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
  subscribe(prepared: PreparedOperation): ResultStream {
    const { permitted, identity } = prepared;
    const { maxStreams } = this.#options;
    if (this.#closing) throw RequestRefused.because(503, 'SHUTTING_DOWN', 'the router is shutting down');
    if (permitted.isEmpty) throw new RequestRefused(200, permitted.errors);
    if (this.#streams >= maxStreams) throw RequestRefused.because(503, 'TOO_MANY_SUBSCRIPTIONS', `the router carries ${maxStreams} streams already`);
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
    const { call, extensions, onDelivered } = this.#options;
    const group: Group = new Group({
      ...this.#subscribed(prepared),
      call,
      extensions: () => extensions(prepared.identity),
      onDelivered,
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
  #attend(member: Member, { expiresAtMs }: Identity): ResultStream {
    this.#streams++;
    member.onLeave(() => this.#streams--);
    if (expiresAtMs !== undefined) member.onLeave(atTime(expiresAtMs, () => member.cut(RequestRefused.because(401, 'TOKEN_EXPIRED', 'the credential has expired'))));
    return member;
  }

  /** Everything that only one client knows (where it is, when it hangs up) is left out. */
  #subscribed(prepared: PreparedOperation): Subscribed {
    const subscription = this.#compile(prepared);
    return { prepared: { ...prepared, origin: undefined, signal: undefined }, subscription, socket: this.#socket(subscription.serviceName, prepared) };
  }

  #compile({ plan, graph }: PreparedOperation): CompiledSubscription {
    if (!plan.primary) throw new Error('the plan of a subscription has a primary fetch');
    const known = this.#compiled.get(plan);
    if (known) return known;
    const compiled = compileSubscription(plan.primary.fetch, graph.supergraph, this.#options.policies);
    this.#compiled.set(plan, compiled);
    return compiled;
  }

  #socket(serviceName: string, { graph }: PreparedOperation): UpstreamSocket {
    const url = graph.supergraph.subgraphUrls.get(serviceName);
    if (url === undefined) throw new Error(`the plan names subgraph ${serviceName}, which the supergraph does not`);
    const known = this.#sockets.get(url);
    if (known) return known;
    const socket = new UpstreamSocket(url);
    this.#sockets.set(url, socket);
    return socket;
  }
}

function groupKey({ identity, operation, permitted, variables }: PreparedOperation): string {
  return JSON.stringify([identity.key, permitted.key, operation.key, Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
