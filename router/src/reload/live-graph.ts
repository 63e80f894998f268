// The graph that serves, and its replacement: the new one is opened and warmed up while the old one goes on, then takes
// over between two requests. What runs on the old one finishes there; it is closed behind its last request.
//
//   reload -> open (planner thread) -> warm up -> swap -> move the subscriptions -> close the old one when it is free
//               '-- refused: the old one goes on

import type { Graph } from '../graph.ts';
import { describeChanges, NO_CHANGES, type Changes } from './describe-changes.ts';

export interface LiveGraphOptions {
  /** @throws {Error} when the SDL cannot be served, saying why. */
  readonly open: (sdl: string) => Promise<Graph>;
  /** Makes plans before there is traffic; `before` is the graph that has it now. */
  readonly warmUp: (graph: Graph, before: Graph | undefined) => Promise<unknown>;
  /** Moves on what lives longer than a request. */
  readonly onSwapped?: (graph: Graph) => Promise<void>;
}

/** Reloads that wait for one another; each is of seconds, so more are a mistake. */
const MAX_WAITING = 10;

export class LiveGraph implements AsyncDisposable {
  readonly #options: LiveGraphOptions;
  readonly #graphs = new Set<Graph>();
  #sdl: string;
  #current: Graph;
  #last: Promise<unknown>;
  #waiting = 0;
  #isWarm = false;

  private constructor(sdl: string, graph: Graph, options: LiveGraphOptions) {
    this.#sdl = sdl;
    this.#current = graph;
    this.#graphs.add(graph);
    this.#options = options;
    this.#last = options.warmUp(graph, undefined).finally(() => (this.#isWarm = true));
    this.#last.catch(() => undefined);
  }

  /** @throws {Error} when the SDL cannot be served, saying why. */
  static async open(sdl: string, options: LiveGraphOptions): Promise<LiveGraph> {
    return new LiveGraph(sdl, await options.open(sdl), options);
  }

  get current(): Graph {
    return this.#current;
  }

  /** Whether the first plans are made; from then on the graph that serves is always warm. */
  get isWarm(): boolean {
    return this.#isWarm;
  }

  /**
   * Resolves when the new graph serves, also for subscriptions.
   *
   * @returns what is different for clients and subgraphs.
   * @throws {Error} when the SDL cannot be served, or too many reloads wait; the old graph goes on.
   */
  async reload(sdl: string): Promise<Changes> {
    if (this.#waiting >= MAX_WAITING) throw new Error(`${MAX_WAITING} reloads are waiting already`);
    this.#waiting++;
    const reload = this.#last.catch(() => undefined).then(() => this.#swap(sdl));
    this.#last = reload;
    return reload.finally(() => this.#waiting--);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#graphs].map((graph) => graph[Symbol.asyncDispose]()));
  }

  async #swap(sdl: string): Promise<Changes> {
    const before = this.#current;
    if (sdl === this.#sdl) {
      await this.#options.warmUp(before, undefined);
      return NO_CHANGES;
    }
    const next = await this.#openWarm(sdl, before);
    this.#sdl = sdl;
    this.#current = next;
    try {
      await this.#options.onSwapped?.(next);
    } finally {
      void before.leases.ended().then(() => this.#close(before));
    }
    return describeChanges(before.supergraph, next.supergraph);
  }

  async #openWarm(sdl: string, before: Graph): Promise<Graph> {
    const next = await this.#options.open(sdl);
    this.#graphs.add(next);
    try {
      await this.#options.warmUp(next, before);
      return next;
    } catch (error) {
      await this.#close(next);
      throw error;
    }
  }

  async #close(graph: Graph): Promise<void> {
    this.#graphs.delete(graph);
    await graph[Symbol.asyncDispose]();
  }
}
