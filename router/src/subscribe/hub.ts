// Shares live streams between clients. The key holds everything that could make two answers differ, the identity first:
// whoever sees another's data through it has found a bug that must not exist.

import { LRUCache } from 'lru-cache';
import type { PreparedOperation } from '../execute/execute.ts';
import type { CompiledPlan } from '../execute/compile-plan.ts';
import type { Identity } from '../authenticate/identity.ts';
import type { Graph } from '../graph.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { compileSubscription, type CompiledSubscription } from './compile-subscription.ts';
import { atTime } from './deadline.ts';
import { Group, type Subscribed } from './group.ts';
import type { Member, ResultStream } from './member.ts';
import type { SubscriptionsConfig } from './subscriptions-config.ts';
import { UpstreamSocket } from './upstream-socket.ts';

export interface HubOptions extends Pick<SubscriptionsConfig, 'policies' | 'maxStreams'> {
  /** What goes into `extensions` of an upstream subscribe, e.g. the signed viewer. */
  readonly extensions: (identity: Identity) => Record<string, unknown>;
  /** What a subgraph is shown of a client's headers, by the rules. */
  readonly headers: (subgraph: string, identity: Identity) => Readonly<Record<string, string>>;
  readonly onDelivered: (members: number) => void;
}

const MAX_COMPILED = 1_000;
/** One that is forgotten goes on until its last subscription ends; newcomers open another. */
const MAX_KNOWN_SOCKETS = 1_000;
/** Groups that move to a new graph at once. */
const MAX_REPLANS = 16;

export class Hub implements AsyncDisposable {
  readonly #options: HubOptions;
  readonly #groups = new Map<string, Group>();
  readonly #all = new Set<Group>();
  /** By URL and headers; each opens with its first subscription and closes after its last. */
  readonly #sockets = new LRUCache<string, UpstreamSocket>({ max: MAX_KNOWN_SOCKETS });
  readonly #compiled = new LRUCache<CompiledPlan, CompiledSubscription>({ max: MAX_COMPILED });
  #streams = 0;
  #closing = false;
  /** The newest graph, once there has been a second. */
  #graph: Graph | undefined;

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
    const member = group.join();
    if (this.#graph && group.prepared.graph !== this.#graph) void this.#replan(group, this.#graph);
    return this.#attend(member, identity);
  }

  /**
   * Moves every stream to a new graph, between two of its events.
   *
   * Resolves when all have moved. A stream whose operation does not fit the new graph, or is not permitted there, ends with
   * SUPERGRAPH_CHANGED.
   */
  async replan(graph: Graph): Promise<void> {
    this.#graph = graph;
    const waiting = this.#all.values();
    const move = async (): Promise<void> => {
      for (const group of waiting) await this.#replan(group, graph);
    };
    await Promise.all(Array.from({ length: MAX_REPLANS }, move));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    for (const group of [...this.#all]) group.end(RequestRefused.because(503, 'SHUTTING_DOWN', 'the router is shutting down'));
    await Promise.all([...this.#sockets.values()].map((socket) => socket[Symbol.asyncDispose]()));
  }

  #open(key: string, prepared: PreparedOperation): Group {
    const { extensions, onDelivered } = this.#options;
    const group: Group = new Group({
      ...this.#subscribed(prepared),
      extensions: () => extensions(prepared.identity),
      onDelivered,
      onEnd: () => {
        this.#all.delete(group);
        this.#forget(group);
      },
    });
    this.#all.add(group);
    this.#groups.set(key, group);
    return group;
  }

  #forget(group: Group): void {
    const key = groupKey(group.prepared);
    if (this.#groups.get(key) === group) this.#groups.delete(key);
  }

  async #replan(group: Group, graph: Graph): Promise<void> {
    if (group.prepared.graph === graph) return;
    const { text, operation: { name }, variables, identity } = group.prepared;
    try {
      const { operation, permitted, plan, coerced } = await graph.prepare(text, name, { identity, variables });
      if (permitted.isEmpty) throw new RequestRefused(200, permitted.errors);
      if (this.#graph !== graph || !this.#all.has(group)) return;
      this.#forget(group);
      const prepared = { ...group.prepared, graph, operation, permitted, plan, coerced };
      group.replan(this.#subscribed(prepared));
      const key = groupKey(prepared);
      if (!this.#groups.has(key)) this.#groups.set(key, group);
    } catch (error) {
      const reason = error instanceof RequestRefused ? error.message : 'it cannot be planned';
      group.end(RequestRefused.because(400, 'SUPERGRAPH_CHANGED', `the graph has changed and this subscription does not fit it: ${reason}`));
    }
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

  /** @throws {RequestRefused} for a subgraph that the supergraph gives no URL. */
  #socket(serviceName: string, { graph, identity }: PreparedOperation): UpstreamSocket {
    const url = graph.supergraph.subgraphUrls.get(serviceName);
    if (url === undefined) throw RequestRefused.because(503, 'SUBGRAPH_UNAVAILABLE', `the supergraph has no URL for ${serviceName}`);
    const headers = this.#options.headers(serviceName, identity);
    const key = JSON.stringify([url, Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1))]);
    const known = this.#sockets.get(key);
    if (known) return known;
    const socket = new UpstreamSocket(url, headers);
    this.#sockets.set(key, socket);
    return socket;
  }
}

function groupKey({ identity, operation, permitted, variables }: PreparedOperation): string {
  return JSON.stringify([identity.key, permitted.key, operation.key, Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
