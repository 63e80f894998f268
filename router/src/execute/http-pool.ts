// Keep-alive connections to one origin, one request at a time on each: the part of an HTTP client that a router needs, and
// no more. It reads into one buffer that all connections share and writes a request in one piece, which is where the general
// clients spend most of their time. TLS, bounds and timeouts are as theirs; who waits and for how long is the caller's affair.
//
//   send -> resting connection (the one used last) | new one | queue
//   response complete -> next of the queue | rest, until the server would close it

import { connect as connectPlain, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ResponseReader, type HttpResponse, type ResponseBounds } from './response-reader.ts';

/** One request and who waits for its response. Exactly one of `answered` and `failed` is called, unless it is over before. */
export interface HttpCall {
  /** The whole request, head and body. */
  readonly request: string | Buffer;
  /** Nobody waits any more: it is not sent, or what comes back is not wanted. */
  readonly isOver: boolean;
  /** While it is under way. */
  connection: HttpConnection | undefined;
  answered(response: HttpResponse): void;
  failed(failure: HttpFailure): void;
}

export interface HttpFailure {
  /** `unreached`: no connection came about. `lost`: it ended before the server began to answer. `broken`: anything else. */
  readonly kind: 'unreached' | 'lost' | 'broken';
  readonly error: Error;
}

export interface HttpPoolOptions extends ResponseBounds {
  readonly url: URL;
  /** Beyond it calls queue; as many as the router lets in. */
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
}

const READ_BYTES = 64 * 1024;
/** Callbacks get it filled and are done with it when they return. */
const READ_BUFFER = Buffer.allocUnsafeSlow(READ_BYTES);
const TCP_KEEP_ALIVE_DELAY_MS = 60_000;
const ENDED_EARLY = 'the connection ended before the answer was complete';
/** Errors of a connection attempt that say nothing of the next one. */
const UNREACHED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT']);

export class HttpPool implements Disposable {
  readonly options: HttpPoolOptions;
  readonly #connections = new Set<HttpConnection>();
  /** The one used last is taken first, so that those too many grow old. */
  readonly #resting: HttpConnection[] = [];
  readonly #queue: HttpCall[] = [];
  readonly #sweep: NodeJS.Timeout;
  #isClosed = false;
  /** Of the newest TLS session, which the next connection resumes. */
  tlsSession: Buffer | undefined;

  constructor(options: HttpPoolOptions) {
    this.options = options;
    this.#sweep = setInterval(() => this.#closeOld(), options.keepAliveMs).unref();
  }

  send(call: HttpCall): void {
    if (this.#isClosed) return call.failed({ kind: 'broken', error: new Error('the connections are closed') });
    const connection = this.#take();
    if (connection) connection.run(call);
    else this.#queue.push(call);
  }

  /** @returns a connection for one call; undefined when all are busy. */
  #take(): HttpConnection | undefined {
    const nowMs = performance.now();
    for (let resting = this.#resting.pop(); resting; resting = this.#resting.pop()) {
      if (resting.isUsable(nowMs)) return resting;
      resting.close();
    }
    if (this.#connections.size >= this.options.maxConnections) return undefined;
    const connection = new HttpConnection(this);
    this.#connections.add(connection);
    return connection;
  }

  /** A connection has answered its call. */
  free(connection: HttpConnection): void {
    const next = this.#next();
    if (next) connection.run(next);
    else this.#resting.push(connection);
  }

  /** A connection is gone; whoever waits for one gets another. */
  gone(connection: HttpConnection): void {
    if (!this.#connections.delete(connection)) return;
    const index = this.#resting.indexOf(connection);
    if (index !== -1) this.#resting.splice(index, 1);
    const next = this.#isClosed ? undefined : this.#next();
    if (next) this.send(next);
  }

  #next(): HttpCall | undefined {
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) if (!next.isOver) return next;
    return undefined;
  }

  #closeOld(): void {
    const nowMs = performance.now();
    for (const connection of [...this.#resting]) if (!connection.isUsable(nowMs)) connection.close();
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    clearInterval(this.#sweep);
    for (const call of this.#queue.splice(0)) if (!call.isOver) call.failed({ kind: 'broken', error: new Error('the connections are closed') });
    for (const connection of [...this.#connections]) connection.close();
  }
}

export class HttpConnection {
  readonly #pool: HttpPool;
  readonly #socket: Socket;
  readonly #connectTimer: NodeJS.Timeout;
  #isConnected = false;
  #call: HttpCall | undefined;
  #reader: ResponseReader | undefined;
  #restsUntilMs = Infinity;

  constructor(pool: HttpPool) {
    this.#pool = pool;
    const { url, connectTimeoutMs } = pool.options;
    this.#socket = open(pool, (bytes) => this.#onBytes(bytes));
    this.#connectTimer = setTimeout(() => this.#socket.destroy(Object.assign(new Error(`no connection to ${url.host} in ${connectTimeoutMs} ms`), { code: 'ETIMEDOUT' })), connectTimeoutMs);
    this.#socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      this.#isConnected = true;
      clearTimeout(this.#connectTimer);
    });
    this.#socket.on('error', (error) => this.#onGone(error));
    this.#socket.on('close', () => this.#onGone(new Error(ENDED_EARLY)));
  }

  /** Whether it rests and the server keeps it. */
  isUsable(nowMs: number): boolean {
    return this.#call === undefined && nowMs < this.#restsUntilMs && this.#socket.writable && !this.#socket.readableEnded;
  }

  run(call: HttpCall): void {
    call.connection = this;
    this.#call = call;
    this.#reader = new ResponseReader(this.#pool.options);
    this.#socket.write(call.request);
  }

  /** What is under way on it gets no answer. */
  close(): void {
    this.#call = undefined;
    this.#socket.destroy();
    this.#onGone(new Error(ENDED_EARLY));
  }

  #onBytes(bytes: Buffer): void {
    // Nothing was asked: whatever it is, the next answer could be taken for another's.
    if (!this.#call) return this.close();
    try {
      const response = this.#reader!.read(bytes);
      if (response) this.#answer(response);
    } catch (error) {
      this.#socket.destroy();
      this.#onGone(error as Error);
    }
  }

  #answer(response: HttpResponse): void {
    const call = this.#call!;
    this.#call = undefined;
    call.connection = undefined;
    const { keepAliveMs } = response;
    // A server that answers before it has read the request may still be reading.
    if (keepAliveMs === undefined || this.#socket.writableLength > 0) {
      this.close();
    } else {
      this.#restsUntilMs = performance.now() + keepAliveMs;
      this.#pool.free(this);
    }
    call.answered(response);
  }

  #onGone(error: Error & { readonly code?: string }): void {
    clearTimeout(this.#connectTimer);
    const call = this.#call;
    this.#call = undefined;
    this.#pool.gone(this);
    if (!call || call.isOver) return;
    call.connection = undefined;
    const last = this.#reader?.end();
    if (last && error.message === ENDED_EARLY) call.answered(last);
    else call.failed({ kind: this.#kindOf(error), error });
  }

  #kindOf({ code = '' }: { readonly code?: string }): HttpFailure['kind'] {
    if (!this.#isConnected && UNREACHED.has(code)) return 'unreached';
    const wasCut = this.#isConnected || code === 'ECONNRESET' || code === 'EPIPE';
    return wasCut && this.#reader?.hasStatus !== true ? 'lost' : 'broken';
  }
}

function open(pool: HttpPool, onBytes: (bytes: Buffer) => void): Socket {
  const { protocol, hostname, port } = pool.options.url;
  const host = hostname.replace(/^\[|\]$/g, '');
  const onread: TcpNetConnectOpts['onread'] = {
    buffer: READ_BUFFER,
    callback: (count) => {
      onBytes(READ_BUFFER.subarray(0, count));
      return true;
    },
  };
  const common = { host, noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_DELAY_MS, onread };
  if (protocol !== 'https:') return connectPlain({ ...common, port: Number(port) || 80 });
  const socket = connectTls({ ...common, port: Number(port) || 443, ALPNProtocols: ['http/1.1'], ...(isIP(host) === 0 && { servername: host }), ...(pool.tlsSession && { session: pool.tlsSession }) });
  socket.on('session', (session) => (pool.tlsSession = session));
  return socket;
}
