// The REST endpoints of each graph that serves. They are made with their graph: a supergraph that an endpoint does not fit
// is refused like one that does not compose, at the start and at a reload.

import type { Graph } from '../graph.ts';
import { createRestApi, type RestApi } from './rest-api.ts';
import type { RestSettings } from './rest-config.ts';
import { readRestOperations, type RestOperation } from './rest-operations.ts';

export class RestApis {
  readonly #operations: readonly RestOperation[];
  readonly #settings: RestSettings;
  readonly #apis = new WeakMap<Graph, RestApi>();

  private constructor(operations: readonly RestOperation[], settings: RestSettings) {
    this.#operations = operations;
    this.#settings = settings;
  }

  /** @throws {RestError} when the folder cannot be read as operations. */
  static async open(settings: RestSettings): Promise<RestApis> {
    return new RestApis(settings.operations === undefined ? [] : await readRestOperations(settings.operations), settings);
  }

  /** Opens a graph with its endpoints. @throws {RestError} when one of them does not fit; the graph is closed again. */
  async openWith(open: () => Promise<Graph>): Promise<Graph> {
    const graph = await open();
    if (this.#operations.length === 0) return graph;
    try {
      this.#apis.set(graph, await createRestApi(this.#operations, graph, this.#settings));
      return graph;
    } catch (error) {
      await graph[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** @returns undefined when nothing is published. */
  of(graph: Graph): RestApi | undefined {
    return this.#apis.get(graph);
  }
}
