// The clients of all subgraphs, shared by the graph that serves and the one before it: a subgraph that stays keeps its
// sockets over a reload, one that is gone is closed when the last graph that knows it is.

import type { SubgraphClient } from '../execute/subgraph-client.ts';

export interface Connections extends AsyncDisposable {
  readonly client: (name: string) => SubgraphClient | undefined;
}

export class SubgraphConnections {
  readonly #connect: (name: string, url: string) => SubgraphClient;
  readonly #open = new Map<string, { readonly client: SubgraphClient; users: number }>();

  constructor(connect: (name: string, url: string) => SubgraphClient) {
    this.#connect = connect;
  }

  /** @param urls - by subgraph name. */
  take(urls: ReadonlyMap<string, string>): Connections {
    const keys = new Map([...urls].map(([name, url]) => [name, `${name} ${url}`]));
    for (const [name, url] of urls) {
      const key = keys.get(name)!;
      const known = this.#open.get(key);
      if (known) known.users++;
      else this.#open.set(key, { client: this.#connect(name, url), users: 1 });
    }
    const clients = new Map([...keys].map(([name, key]) => [name, this.#open.get(key)!.client]));
    return {
      client: (name) => clients.get(name),
      [Symbol.asyncDispose]: async () => void (await Promise.all([...keys.values()].map((key) => this.#release(key)))),
    };
  }

  async #release(key: string): Promise<void> {
    const entry = this.#open.get(key);
    if (!entry || --entry.users > 0) return;
    this.#open.delete(key);
    await entry.client[Symbol.asyncDispose]();
  }
}
