// A config-service on a database of the test's, and clients of it as the router would be.

import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import type { RunningService } from '@mib/service/lifecycle';
import { signViewer, VIEWER_EXTENSION, VIEWER_HEADER, type Viewer } from '@mib/service/viewer';
import { start } from '../subgraph.ts';

export const SECRET = 'a secret of at least 32 characters!';
export const OPERATOR = user('olga', ['config:read', 'config:write']);
export const READER = user('rita', ['config:read']);
export const ADA = user('ada', []);
export const ANONYMOUS: Viewer = { kind: 'anonymous' };

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a wrong path fails the expectation
type Answer = { readonly data: any; readonly errors: any };

export class RunningConfig implements AsyncDisposable {
  readonly databaseUrl: string;
  #service: RunningService;

  private constructor(databaseUrl: string, service: RunningService) {
    this.databaseUrl = databaseUrl;
    this.#service = service;
  }

  static async start(databaseUrl: string): Promise<RunningConfig> {
    return new RunningConfig(databaseUrl, await startOn(databaseUrl));
  }

  async restart(): Promise<void> {
    await this.#service[Symbol.asyncDispose]();
    this.#service = await startOn(this.databaseUrl);
  }

  async ask(query: string, viewer: Viewer = OPERATOR): Promise<Answer> {
    const response = await fetch(this.#service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [VIEWER_HEADER]: signViewer(viewer, SECRET, Date.now()) },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as Answer;
  }

  /** @param input - the fields of SetConfigInput in GraphQL. */
  async set(input: string, viewer: Viewer = OPERATOR) {
    const { data, errors } = await this.ask(`mutation { setConfig(input: { ${input} }) { entry { id version value } userErrors { code message field retryable } } }`, viewer);
    return data?.setConfig ?? errors[0].extensions.code;
  }

  /** @param args - the arguments of rollbackConfig in GraphQL. */
  async rollBack(args: string, viewer: Viewer = OPERATOR) {
    const { data } = await this.ask(`mutation { rollbackConfig(${args}) { entry { id version value } userErrors { code message } } }`, viewer);
    return data.rollbackConfig;
  }

  async entity(representation: string, selection: string, viewer: Viewer = OPERATOR) {
    return (await this.ask(`{ _entities(representations: [${representation}]) { ${selection} } }`, viewer)).data._entities;
  }

  subscriber(viewer: Viewer = OPERATOR): Subscriber {
    return new Subscriber(this.#service.url, viewer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#service[Symbol.asyncDispose]();
  }
}

export class Subscriber implements AsyncDisposable {
  readonly #client: Client;
  readonly #viewer: Viewer;

  constructor(url: string, viewer: Viewer) {
    this.#client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    this.#viewer = viewer;
  }

  /** Changes as they come. A subscription has no sign of having begun, so tests resume behind a cursor. */
  changes(args: string) {
    const query = `subscription { configChanged(${args}) { key scope scopeId version value sensitive cursor } }`;
    return this.#client.iterate<Answer['data']>({ query, extensions: { [VIEWER_EXTENSION]: signViewer(this.#viewer, SECRET, Date.now()) } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.dispose();
  }
}

export function user(userId: string, scopes: readonly string[]): Viewer {
  return { kind: 'user', userId, roles: [], scopes };
}

function startOn(databaseUrl: string): Promise<RunningService> {
  return start({ DATABASE_URL: databaseUrl, MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'silent' });
}
