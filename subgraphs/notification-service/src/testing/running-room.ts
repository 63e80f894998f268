// The whole room for tests, on an engine and a database that the test has started: the service on a free port, and the
// few verbs that a test speaks in.

import { connectEngine, type EngineClient } from '@mib/proto/engine-client';
import { createPostgresEventBus } from '@mib/service/event-bus/postgres-event-bus';
import type { EventBus } from '@mib/service/event-bus/event-bus';
import type { RunningService } from '@mib/service/lifecycle';
import { VIEWER_HEADER, signViewer, type Viewer } from '@mib/service/viewer';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { start } from '../subgraph.ts';

const SECRET = 's'.repeat(32);
const INSTRUMENTS = ['SPX.XSIM', 'NDX.XSIM'] as const;
type InstrumentId = (typeof INSTRUMENTS)[number];

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a wrong path fails the expectation
export type Answer = { readonly data: any; readonly errors?: any };

export const user = (userId: string, scopes: readonly string[] = ['alert:write']): Viewer => ({ kind: 'user', userId, roles: ['trader'], scopes });
export const ANONYMOUS: Viewer = { kind: 'anonymous' };

export interface Surroundings {
  readonly database: AsyncDisposable & { readonly url: string };
  readonly engine: AsyncDisposable & { readonly address: string; readonly token: string; kill(signal: NodeJS.Signals): Promise<void> };
}

export class RunningRoom implements AsyncDisposable {
  readonly bus: EventBus;
  readonly engine: EngineClient;
  readonly #surroundings: Surroundings;
  #service: RunningService | undefined;
  #takes = 0;

  private constructor(surroundings: Surroundings, bus: EventBus) {
    this.#surroundings = surroundings;
    this.bus = bus;
    this.engine = connectEngine({ address: surroundings.engine.address, token: surroundings.engine.token });
  }

  /** Disposes of the surroundings with itself. */
  static async open(surroundings: Surroundings): Promise<RunningRoom> {
    const room = new RunningRoom(surroundings, await createPostgresEventBus({ url: surroundings.database.url }));
    for (const accountNumber of [1, 2]) await room.engine.submit({ kind: 'OpenAccount', accountNumber });
    for (const [index, instrumentId] of INSTRUMENTS.entries()) await room.engine.submit({ kind: 'RegisterInstrument', instrumentNumber: index + 1, instrumentId, tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 4 });
    await room.startService();
    return room;
  }

  async startService(): Promise<void> {
    const { database, engine } = this.#surroundings;
    this.#service = await start({ DATABASE_URL: database.url, ENGINE_ADDRESS: engine.address, ENGINE_TOKEN: engine.token, MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'silent' });
  }

  async stopService(): Promise<void> {
    await this.#service?.[Symbol.asyncDispose]();
    this.#service = undefined;
  }

  /** Trades in order, each one lot that a venue shows and another takes. */
  async trade(instrumentId: InstrumentId, ...prices: readonly number[]): Promise<void> {
    const instrumentNumber = INSTRUMENTS.indexOf(instrumentId) + 1;
    for (const price of prices) {
      const priceTicks = Math.round(price * 100);
      await this.engine.submit({ kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber, side: 'SELL', priceTicks, quantityLots: 1 });
      const { filledLots } = await this.engine.submit({ kind: 'PlaceOrder', accountNumber: 2, clientOrderId: `take-${++this.#takes}`, instrumentNumber, side: 'BUY', type: 'LIMIT', tif: 'IOC', limitPriceTicks: priceTicks, quantityLots: 1 });
      if (filledLots !== 1) throw new Error(`no trade at ${price}`);
    }
  }

  async ask(viewer: Viewer, query: string, variables: object = {}): Promise<Answer> {
    const response = await fetch(this.#service!.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [VIEWER_HEADER]: signViewer(viewer, SECRET, Date.now()) },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  }

  /** The first `count` notifications behind the cursor, over a socket of their own; what is refused is answered as `errors`. */
  async received(viewer: Viewer, after: string | null, count: number): Promise<Answer[]> {
    const socket = createClient({ url: this.#service!.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    const query = 'subscription ($after: String) { notificationReceived(after: $after) { id cursor title body severity createdAt rule { name } instrument { id } } }';
    const answers: Answer[] = [];
    try {
      const stream = socket.iterate({ query, variables: { after }, extensions: { viewer: signViewer(viewer, SECRET, Date.now()) } });
      while (answers.length < count) answers.push((await stream.next()).value as Answer);
      await stream.return?.();
    } catch (errors) {
      answers.push({ data: null, errors });
    } finally {
      await socket.dispose();
    }
    return answers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopService();
    await this.bus[Symbol.asyncDispose]();
    await this.engine[Symbol.asyncDispose]();
    await this.#surroundings.engine[Symbol.asyncDispose]();
    await this.#surroundings.database[Symbol.asyncDispose]();
  }
}
