// A server of documents for tests, over real sockets: it keeps ETags and dates as the real ones do, counts what it is
// asked, and spoils the next answers as it is told.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/**
 * ERROR 500. LIMIT: 429 with Retry-After 7. FORBIDDEN 403. GONE 410. CUT: half the body, then the socket ends. RESET: no answer at all.
 * SILENT: headers never come. GARBLED: some bytes of the body are others. EMPTY: 200 with nothing. HUGE: a body without end.
 */
export const DOCUMENT_FAULTS = ['ERROR', 'LIMIT', 'FORBIDDEN', 'GONE', 'CUT', 'RESET', 'SILENT', 'GARBLED', 'EMPTY', 'HUGE'] as const;
export type DocumentFault = (typeof DOCUMENT_FAULTS)[number];

export interface SeenRequest {
  readonly path: string;
  readonly userAgent: string | undefined;
  readonly atMs: number;
  readonly status: number;
}

export interface FakeDocuments extends AsyncDisposable {
  /** http://127.0.0.1:port */
  readonly url: string;
  /** By path; what is not here is 404. */
  readonly documents: Map<string, string>;
  /** Taken one a request, from the front. */
  readonly faults: DocumentFault[];
  readonly requests: SeenRequest[];
}

/** @param validators - which of the two the server knows; some know neither. */
export async function startFakeDocuments({ etags = true, dates = true }: { readonly etags?: boolean; readonly dates?: boolean } = {}): Promise<FakeDocuments> {
  const documents = new Map<string, string>();
  const faults: DocumentFault[] = [];
  const requests: SeenRequest[] = [];
  const changed = new Map<string, { readonly tag: string; readonly date: string }>();
  let versions = 0;

  const versionOf = (path: string, text: string): { readonly tag: string; readonly date: string } => {
    const tag = `"${createHash('sha1').update(text).digest('hex')}"`;
    const known = changed.get(path);
    if (known?.tag === tag) return known;
    const version = { tag, date: new Date(Date.UTC(2024, 0, 1) + 1_000 * (versions += 1)).toUTCString() };
    changed.set(path, version);
    return version;
  };

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const path = request.url!.split('?')[0]!;
    const seen = (status: number): void => void requests.push({ path, userAgent: request.headers['user-agent'], atMs: performance.now(), status });
    const text = documents.get(path);
    const fault = faults.shift();
    if (fault) {
      seen(0);
      return spoil(fault, text ?? '', request, response);
    }
    if (text === undefined) {
      seen(404);
      return void response.writeHead(404).end();
    }
    const { tag, date } = versionOf(path, text);
    if ((etags && request.headers['if-none-match'] === tag) || (dates && !request.headers['if-none-match'] && request.headers['if-modified-since'] === date)) {
      seen(304);
      return void response.writeHead(304, etags ? { etag: tag } : {}).end();
    }
    seen(200);
    response.writeHead(200, { 'content-encoding': 'gzip', ...(etags && { etag: tag }), ...(dates && { 'last-modified': date }) }).end(gzipSync(text));
  };

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    documents, faults, requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const STATUS: Partial<Record<DocumentFault, number>> = { ERROR: 500, FORBIDDEN: 403, GONE: 410 };

function spoil(fault: DocumentFault, text: string, request: IncomingMessage, response: ServerResponse): void {
  switch (fault) {
    case 'LIMIT':
      return void response.writeHead(429, { 'retry-after': '7' }).end();
    case 'CUT':
      response.writeHead(200, { 'content-length': String(Buffer.byteLength(text) + 10) });
      return void response.write(text.slice(0, text.length / 2), () => request.socket.destroy());
    case 'RESET':
      return void request.socket.destroy();
    case 'SILENT':
      return;
    case 'GARBLED':
      return void response.writeHead(200).end(text.replace(/<|"/g, (character, at: number) => (at % 7 === 0 ? '\u0001' : character)));
    case 'EMPTY':
      return void response.writeHead(200).end();
    case 'HUGE':
      return pour(response);
    default:
      return void response.writeHead(STATUS[fault]!).end();
  }
}

/** As fast as the other side reads, until it stops. */
function pour(response: ServerResponse): void {
  response.writeHead(200);
  const more = (): void => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
  };
  response.on('drain', more).on('error', () => undefined);
  more();
}
