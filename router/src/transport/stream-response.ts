// A stream of results as one HTTP response: server-sent events or multipart, by the format it is given. Headers and a first
// sign of life leave at once; heartbeats follow while nothing happens. A client that does not read is served from its
// bounded queue once it reads again, and cut off when it has not for several heartbeats.

import type { ServerResponse } from 'node:http';
import type { RequestRefused } from '../respond/graph-error.ts';
import type { Receiver, ResultStream } from '../subscribe/member.ts';
import type { Encode, SharedResult } from '../subscribe/shared-result.ts';
import type { Heartbeats } from './heartbeats.ts';

export interface StreamFormat {
  readonly headers: Readonly<Record<string, string>>;
  readonly opening: string;
  readonly heartbeat: string;
  readonly next: Encode;
  /** The last bytes; with the reason unless the stream ended by itself. */
  readonly end: (refusal?: RequestRefused) => string;
}

/** Bytes that a client may leave unread before its stream holds back. */
const HIGH_WATER_BYTES = 64 * 1024;
const MAX_STALLED_BEATS = 3;

export class StreamResponse implements Receiver {
  /** Resolves when the response has ended or its client has gone. */
  readonly closed: Promise<void>;
  readonly #response: ServerResponse;
  readonly #format: StreamFormat;
  #stream: ResultStream | undefined;
  #stalledBeats = 0;

  constructor(response: ServerResponse, format: StreamFormat, heartbeats: Heartbeats) {
    this.#response = response;
    this.#format = format;
    response.writeHead(200, { ...format.headers, 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' });
    response.write(format.opening);
    const stopBeats = heartbeats.add(() => this.#beat());
    response.on('drain', () => this.#stream?.drained());
    this.closed = new Promise((resolve) => {
      response.once('close', () => {
        stopBeats();
        this.#stream?.leave();
        resolve();
      });
    });
  }

  get isFull(): boolean {
    return this.#response.writableLength > HIGH_WATER_BYTES;
  }

  open(stream: ResultStream): void {
    if (this.#response.destroyed) return stream.leave();
    this.#stream = stream;
    stream.open(this);
  }

  next(result: SharedResult): void {
    this.write(result.as(this.#format.next));
  }

  write(bytes: Buffer): void {
    this.#response.write(bytes);
  }

  end(refusal?: RequestRefused): void {
    this.#response.end(this.#format.end(refusal));
  }

  /** Ends the response without a word of the format's. */
  finish(): void {
    this.#response.end();
  }

  #beat(): void {
    if (!this.isFull) {
      this.#stalledBeats = 0;
      this.#response.write(this.#format.heartbeat);
    } else if (++this.#stalledBeats >= MAX_STALLED_BEATS) {
      this.#response.destroy();
    }
  }
}
