// Many clients, each with one graphql-transport-ws socket and one subscription of its own id. Every event of every client
// is compared to the byte with what it must be.

import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { expected, SUBSCRIPTION, SYMBOL } from './graph.ts';

const DEADLINE_MS = 60_000;

export class Clients implements Disposable {
  readonly #sockets: readonly WebSocket[];
  /** Of each client, the last event it got. */
  readonly #last: number[];
  #wanted = 0;
  #missing = 0;
  #data = '';
  #all: () => void = () => undefined;
  #wrong: (error: Error) => void = () => undefined;

  private constructor(sockets: readonly WebSocket[]) {
    this.#sockets = sockets;
    this.#last = sockets.map(() => 0);
    sockets.forEach((socket, client) => {
      socket.on('message', (data) => this.#receive(client, String(data)));
      socket.on('close', (code) => this.#wrong(new Error(`a client was closed with ${code}`)));
    });
  }

  static async connect(url: string, count: number): Promise<Clients> {
    const sockets: WebSocket[] = [];
    for (let client = 0; client < count; client++) sockets.push(await connect(url));
    const clients = new Clients(sockets);
    for (const socket of sockets) {
      socket.send(JSON.stringify({ id: randomUUID(), type: 'subscribe', payload: { query: SUBSCRIPTION, operationName: 'OnPrice', variables: { symbol: SYMBOL } } }));
    }
    return clients;
  }

  /** Clients that have had the event of this sequence. */
  reached(sequence: number): number {
    return this.#last.filter((last) => last === sequence).length;
  }

  /** Resolves when every client has had this event, right behind the one before. */
  all(sequence: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(`${this.#missing} clients did not get event ${sequence} in ${DEADLINE_MS} ms`)), DEADLINE_MS);
      this.#wrong = reject;
      this.#all = () => {
        clearTimeout(deadline);
        resolve();
      };
      this.#wanted = sequence;
      this.#data = `"payload":{"data":${expected(sequence)}`;
      this.#missing = this.#last.length;
    });
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  #receive(client: number, message: string): void {
    const sequence = Number(/"sequence":(\d+)/.exec(message)?.[1]);
    if (!Number.isInteger(sequence)) return this.#wrong(new Error(`not an event: ${message}`));
    if (this.#wanted === 0) return void (this.#last[client] = sequence);
    if (sequence !== this.#wanted || this.#last[client] !== sequence - 1 || !message.includes(this.#data)) return this.#wrong(new Error(`client ${client} wanted event ${this.#wanted} and got ${message}`));
    this.#last[client] = sequence;
    if (--this.#missing === 0) this.#all();
  }
}

async function connect(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const acknowledged = new Promise((resolve) => socket.once('message', resolve));
  socket.send('{"type":"connection_init"}');
  await acknowledged;
  return socket;
}
