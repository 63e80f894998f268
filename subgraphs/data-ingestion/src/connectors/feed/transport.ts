// One socket to a venue, opened again for ever. It knows nothing of what is said on it. An open socket on which nothing comes
// is as bad as a closed one, so silence is timed here by what the application receives, pings of the protocol not counted:
//
//   connect ──► open ──frames──► ... ──closed, silent, expired──► wait (jittered, doubling) ──► connect
//
// Half of the bearable silence is answered by a probe, a request that the venue must answer; all of it ends the connection.

import { WebSocket } from 'ws';
import type { Logger } from '@mib/service/logger';
import type { Random } from '../../domain/random.ts';
import type { Clock } from '../clock.ts';
import { backOffMs } from './back-off.ts';
import type { FeedBounds } from './contract.ts';

export interface TransportHandlers {
  /** The socket is open and nothing has been sent. */
  opened(): void;
  frame(text: string): void;
  /** The socket is gone, or did not open; it will be tried again. */
  closed(reason: string): void;
  /** Nothing has come for the bearable silence, whether a socket is open or not; once until the next frame. */
  silent(reason: string): void;
  /** Called several times in each silence bound, for what has to be looked after from time to time. */
  tick?(nowMs: number): void;
}

export interface TransportOptions {
  readonly url: string;
  readonly handlers: TransportHandlers;
  readonly bounds: FeedBounds;
  /** What to send into a silence; the venue must answer it. */
  readonly probe: () => string;
  /** Least time between two frames sent, the venue's limit. */
  readonly sendSpacingMs: number;
  /** A connection as old as this is replaced before the venue ends it; Infinity for never. */
  readonly maxConnectionMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface Transport extends AsyncDisposable {
  /** Queued while frames go out faster than the venue allows; forgotten when the connection is lost or not there. */
  send(text: string): void;
  /** Ends the connection and opens the next one. @param planned - without the wait that a failure costs. */
  restart(reason: string, planned?: boolean): void;
}

/** A frame larger than this ends the connection. */
const MAX_FRAME_BYTES = 8 * 1024 * 1024;
/** Frames waiting to be sent at most; more means that nobody reads the venue's limits. */
const MAX_QUEUED_FRAMES = 1_000;
/** A connection that lasted so long was a good one: the next failure waits as the first. */
const STABLE_MS = 30_000;
/** Looks at the silence, and ticks, in each silence bound. */
const LOOKS = 8;
/** Longest Retry-After believed. */
const MAX_RETRY_AFTER_MS = 3_600_000;

export function openTransport(options: TransportOptions): Transport {
  return new SocketTransport(options);
}

class SocketTransport implements Transport {
  readonly #options: TransportOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<unknown>;
  #socket: WebSocket | undefined;
  #queue: string[] = [];
  #sending = false;
  #nextSendMs = 0;
  #lastFrameMs: number;
  #openedMs = 0;
  #silent = false;
  #probed = false;
  #planned = false;
  /** Why we ended the socket ourselves, if we did. */
  #endReason: string | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#lastFrameMs = options.clock.now();
    this.#done = Promise.all([this.#keepConnected(), this.#watch()]);
  }

  send(text: string): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    if (this.#queue.length >= MAX_QUEUED_FRAMES) return this.restart(`more than ${MAX_QUEUED_FRAMES} frames wait to be sent`);
    this.#queue.push(text);
    if (!this.#sending) void this.#drain(this.#socket);
  }

  restart(reason: string, planned = false): void {
    if (!this.#socket) return;
    this.#endReason ??= reason;
    this.#planned ||= planned;
    // No closing handshake: a peer that does not answer it would keep the socket for half a minute.
    this.#socket.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.restart('stopped', true);
    await this.#done;
  }

  async #keepConnected(): Promise<void> {
    const { clock, handlers, bounds, random, logger } = this.#options;
    for (let failures = 0; !this.#stop.signal.aborted; ) {
      const startMs = clock.now();
      const { reason, retryAfterMs } = await this.#connection();
      if (this.#stop.signal.aborted) return;
      handlers.closed(reason);
      if (clock.now() - startMs > STABLE_MS) failures = 0;
      const waitMs = this.#planned ? 0 : Math.max(retryAfterMs, backOffMs(failures, { firstMs: bounds.firstBackoffMs, maxMs: bounds.maxBackoffMs, random }));
      logger[this.#planned ? 'info' : 'warn']({ url: this.#options.url, reason, failures, waitMs: Math.round(waitMs) }, 'feed connection ended');
      failures = this.#planned ? 0 : failures + 1;
      this.#planned = false;
      await clock.sleep(waitMs, this.#stop.signal);
    }
  }

  /** One connection from its beginning to its end; never rejects. */
  #connection(): Promise<{ readonly reason: string; readonly retryAfterMs: number }> {
    const { url, headers, bounds, handlers, clock } = this.#options;
    const socket = new WebSocket(url, { headers, handshakeTimeout: bounds.handshakeMs, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });
    this.#socket = socket;
    this.#endReason = undefined;
    return new Promise<{ readonly reason: string; readonly retryAfterMs: number }>((resolve) => {
      let failure: string | undefined;
      let retryAfterMs = 0;
      socket.on('open', () => {
        this.#openedMs = clock.now();
        this.#probed = false;
        handlers.opened();
      });
      socket.on('message', (data: Buffer) => {
        this.#lastFrameMs = clock.now();
        this.#silent = this.#probed = false;
        handlers.frame(data.toString());
      });
      socket.on('unexpected-response', (request, response) => {
        failure = `venue answered ${response.statusCode} to the handshake`;
        retryAfterMs = Math.min(MAX_RETRY_AFTER_MS, 1_000 * (Number(response.headers['retry-after']) || 0));
        request.destroy();
        resolve({ reason: failure, retryAfterMs });
      });
      socket.on('error', (error) => (failure ??= error.message));
      socket.on('close', (code, text) => {
        resolve({ reason: this.#endReason ?? failure ?? `venue closed with ${code}${text.length > 0 ? ` ${text.toString()}` : ''}`, retryAfterMs });
      });
    }).finally(() => {
      this.#socket = undefined;
      this.#queue = [];
    });
  }

  async #drain(socket: WebSocket): Promise<void> {
    const { clock, sendSpacingMs } = this.#options;
    this.#sending = true;
    while (this.#queue.length > 0) {
      const waitMs = this.#nextSendMs - clock.now();
      if (waitMs > 0) await clock.sleep(waitMs, this.#stop.signal);
      if (socket.readyState !== WebSocket.OPEN) break;
      this.#nextSendMs = clock.now() + sendSpacingMs;
      socket.send(this.#queue.shift()!);
    }
    this.#sending = false;
    if (this.#queue.length > 0 && this.#socket?.readyState === WebSocket.OPEN) void this.#drain(this.#socket);
  }

  async #watch(): Promise<void> {
    const { clock, handlers, bounds, probe, maxConnectionMs } = this.#options;
    while (!this.#stop.signal.aborted) {
      await clock.sleep(bounds.silenceMs / LOOKS, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      const nowMs = clock.now();
      const open = this.#socket?.readyState === WebSocket.OPEN;
      const reason = `silent for ${nowMs - this.#lastFrameMs} ms`;
      if (nowMs - this.#lastFrameMs > bounds.silenceMs && !this.#silent) {
        this.#silent = true;
        handlers.silent(reason);
      }
      // A new connection has its own time to say something; the silence as a whole goes on.
      const silentMs = nowMs - Math.max(this.#lastFrameMs, this.#openedMs);
      if (open && silentMs > bounds.silenceMs) this.restart(reason);
      else if (open && silentMs > bounds.silenceMs / 2 && !this.#probed) {
        this.#probed = true;
        this.send(probe());
      }
      if (open && nowMs - this.#openedMs > maxConnectionMs) this.restart('connection replaced before the venue ends it', true);
      handlers.tick?.(nowMs);
    }
  }
}
