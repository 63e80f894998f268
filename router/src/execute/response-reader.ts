// Reads one HTTP/1.1 response (RFC 9112) as its bytes come. Bytes are borrowed: what is kept beyond a call is copied, and the
// usual answer, whole in one read, is never copied at all. What two readers could frame differently is refused.

/** A whole response. */
export interface HttpResponse {
  readonly status: number;
  /** Its body, as UTF-8. */
  readonly text: string;
  /** How long the connection may rest before the next request; undefined when it must be closed. */
  readonly keepAliveMs: number | undefined;
}

export interface ResponseBounds {
  readonly maxBodyBytes: number;
  /** Where the server does not say how long it keeps a connection. */
  readonly keepAliveMs: number;
}

/** What is no response, or larger than it may be; the connection is of no more use. */
export class BadResponse extends Error {}

/** Status line and fields together; the same bound as for trailers. */
const MAX_HEAD_BYTES = 16_384;
/** A server closes a little before it said, seen from here. */
const KEEP_ALIVE_MARGIN_MS = 1_000;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/;
const CHUNK_SIZE = /^([0-9a-f]{1,8})[\t ]*(?:;.*)?$/i;
const NOTHING = Buffer.alloc(0);

/** What comes next. */
type Phase = 'head' | 'length' | 'chunk size' | 'chunk' | 'chunk end' | 'trailers' | 'until close';

export class ResponseReader {
  readonly #bounds: ResponseBounds;
  #phase: Phase = 'head';
  #status = 0;
  #keepAliveMs: number | undefined;
  /** Of the body, or of the running chunk. */
  #missing = 0;
  /** Bytes of an unfinished head or line. */
  #pending = NOTHING;
  #body: Buffer[] = [];
  #bodyBytes = 0;
  #trailerBytes = 0;

  constructor(bounds: ResponseBounds) {
    this.#bounds = bounds;
  }

  /** Whether the server has begun to answer. */
  get hasStatus(): boolean {
    return this.#status !== 0;
  }

  /** @param bytes - the next ones. @returns the response when they complete it. @throws {BadResponse} */
  read(bytes: Buffer): HttpResponse | undefined {
    const rest = this.#phase === 'head' ? this.#readHead(bytes) : bytes;
    if (!rest) return undefined;
    if (this.#phase === 'length') return this.#readLength(rest);
    if (this.#phase === 'until close') return void this.#keep(rest);
    return this.#readChunks(rest);
  }

  /** The connection has ended. @returns the response if that completes it. */
  end(): HttpResponse | undefined {
    return this.#phase === 'until close' ? this.#whole() : undefined;
  }

  /** @returns what is behind the head; undefined while it is not whole. */
  #readHead(bytes: Buffer): Buffer | undefined {
    const all = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const end = all.indexOf('\r\n\r\n');
    if (end > MAX_HEAD_BYTES || (end === -1 && all.length > MAX_HEAD_BYTES)) throw new BadResponse(`the head exceeds ${MAX_HEAD_BYTES} bytes`);
    if (end === -1) return void (this.#pending = Buffer.from(all));
    this.#pending = NOTHING;
    const rest = all.subarray(end + 4);
    const [statusLine = '', ...lines] = all.toString('latin1', 0, end).split('\r\n');
    const [, minor, code] = STATUS_LINE.exec(statusLine) ?? [];
    if (code === undefined) throw new BadResponse('no HTTP/1.1 status line');
    const status = Number(code);
    if (status === 101) throw new BadResponse('the protocol was switched');
    // RFC 9110 §15.2: an interim response; the final one follows.
    if (status < 200) return this.#readHead(rest);
    this.#status = status;
    this.#frame(fieldsOf(lines), minor === '1');
    return rest;
  }

  /** RFC 9112 §6.3: how long the body is. */
  #frame({ length, coding, connection, keepAlive }: Fields, isPersistent: boolean): void {
    const stays = isPersistent && !/(^|,)\s*close\s*(,|$)/i.test(connection ?? '');
    this.#keepAliveMs = stays ? keepAliveMsOf(keepAlive, this.#bounds.keepAliveMs) : undefined;
    if (this.#status === 204 || this.#status === 304) {
      this.#phase = 'length';
    } else if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked') throw new BadResponse(`transfer-encoding ${JSON.stringify(coding)} is not known`);
      this.#phase = 'chunk size';
      if (length !== undefined) this.#keepAliveMs = undefined;
    } else if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) throw new BadResponse(`content-length must be a number, was ${JSON.stringify(length)}`);
      this.#phase = 'length';
      this.#missing = Number(length);
      if (this.#missing > this.#bounds.maxBodyBytes) throw this.#tooLarge();
    } else {
      this.#phase = 'until close';
      this.#keepAliveMs = undefined;
    }
  }

  #readLength(bytes: Buffer): HttpResponse | undefined {
    const missing = this.#missing;
    if (bytes.length < missing) {
      this.#missing -= bytes.length;
      return void this.#keep(bytes);
    }
    // Nothing was asked that further bytes could answer: this response stands, but the connection is not to be trusted.
    if (bytes.length > missing) this.#keepAliveMs = undefined;
    if (this.#body.length === 0) return this.#response(bytes.toString('utf8', 0, missing));
    this.#keep(bytes.subarray(0, missing));
    return this.#whole();
  }

  #readChunks(bytes: Buffer): HttpResponse | undefined {
    for (let at = 0; at < bytes.length; ) {
      if (this.#phase === 'chunk') {
        const end = Math.min(bytes.length, at + this.#missing);
        this.#keep(bytes.subarray(at, end));
        this.#missing -= end - at;
        at = end;
        if (this.#missing === 0) this.#phase = 'chunk end';
        continue;
      }
      const newline = bytes.indexOf(10, at);
      const end = newline === -1 ? bytes.length : newline + 1;
      if (this.#pending.length + end - at > MAX_HEAD_BYTES) throw new BadResponse(`a line exceeds ${MAX_HEAD_BYTES} bytes`);
      this.#pending = Buffer.concat([this.#pending, bytes.subarray(at, end)]);
      at = end;
      if (newline === -1) return undefined;
      const line = this.#pending.toString('latin1');
      this.#pending = NOTHING;
      if (!line.endsWith('\r\n')) throw new BadResponse('a line of the chunked body does not end in CRLF');
      if (!this.#takeLine(line.slice(0, -2))) continue;
      if (at < bytes.length) this.#keepAliveMs = undefined;
      return this.#whole();
    }
    return undefined;
  }

  /** @returns whether it was the last line of the response. */
  #takeLine(line: string): boolean {
    if (this.#phase === 'trailers') {
      this.#trailerBytes += line.length;
      if (this.#trailerBytes > MAX_HEAD_BYTES) throw new BadResponse(`the trailers exceed ${MAX_HEAD_BYTES} bytes`);
      return line === '';
    }
    if (this.#phase === 'chunk end') {
      if (line !== '') throw new BadResponse('a chunk is longer than it says');
      this.#phase = 'chunk size';
      return false;
    }
    const size = CHUNK_SIZE.exec(line)?.[1];
    if (size === undefined) throw new BadResponse(`a chunk's size must be hexadecimal, was ${JSON.stringify(line.slice(0, 20))}`);
    this.#missing = parseInt(size, 16);
    this.#phase = this.#missing === 0 ? 'trailers' : 'chunk';
    return false;
  }

  #keep(bytes: Buffer): void {
    this.#bodyBytes += bytes.length;
    if (this.#bodyBytes > this.#bounds.maxBodyBytes) throw this.#tooLarge();
    if (bytes.length > 0) this.#body.push(Buffer.from(bytes));
  }

  #tooLarge(): BadResponse {
    return new BadResponse(`answer exceeds ${this.#bounds.maxBodyBytes} bytes`);
  }

  #whole(): HttpResponse {
    return this.#response(Buffer.concat(this.#body).toString());
  }

  #response(text: string): HttpResponse {
    return { status: this.#status, text, keepAliveMs: this.#keepAliveMs };
  }
}

/** Those that say how a response is framed. */
interface Fields {
  length?: string;
  coding?: string;
  connection?: string;
  keepAlive?: string;
}

function fieldsOf(lines: readonly string[]): Fields {
  const fields: Fields = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    // RFC 9112 §5.1: nothing stands between name and colon; a line that begins with a space would go on the one before.
    if (colon < 1 || /\s/.test(line[colon - 1]!) || /\s/.test(line[0]!)) throw new BadResponse('a header line is malformed');
    // Only these four lengths say something of framing.
    if (colon !== 10 && colon !== 14 && colon !== 17) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'content-length') {
      if (fields.length !== undefined && fields.length !== value) throw new BadResponse('two values of content-length');
      fields.length = value;
    } else if (name === 'transfer-encoding') {
      fields.coding = fields.coding === undefined ? value : `${fields.coding}, ${value}`;
    } else if (name === 'connection') {
      fields.connection = fields.connection === undefined ? value : `${fields.connection}, ${value}`;
    } else if (name === 'keep-alive') {
      fields.keepAlive = value;
    }
  }
  return fields;
}

/** @returns undefined when the server keeps it for no time worth the risk. */
function keepAliveMsOf(keepAlive: string | undefined, otherwiseMs: number): number | undefined {
  const seconds = keepAlive === undefined ? undefined : /(?:^|[,;\s])timeout=(\d{1,9})/i.exec(keepAlive)?.[1];
  if (seconds === undefined) return otherwiseMs;
  const hintedMs = Number(seconds) * 1_000 - KEEP_ALIVE_MARGIN_MS;
  return hintedMs > 0 ? Math.min(hintedMs, otherwiseMs) : undefined;
}
