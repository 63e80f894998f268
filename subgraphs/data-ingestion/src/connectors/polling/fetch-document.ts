// One HTTP GET of a document that is asked for again and again: it tells the server what it has, so that an unchanged one
// costs a 304, and it never reads more than it may. RFC 9110 §13: If-None-Match and If-Modified-Since are both sent, since
// servers differ in which they keep.

export interface DocumentRequest {
  readonly url: string;
  readonly userAgent: string;
  readonly accept: string;
  readonly validators: Validators | undefined;
  /** Of the body, unpacked. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** As the server sent them, for the same address only. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export type DocumentAnswer =
  | { readonly kind: 'UNCHANGED' }
  | ({ readonly kind: 'DOCUMENT'; readonly text: string } & Validators)
  /** `retryAfterMs`: how long the server wants to be left alone, null where it does not say. */
  | { readonly kind: 'REFUSED'; readonly status: number; readonly retryAfterMs: number | null };

export class FetchError extends Error {
  override readonly name = 'FetchError';
}

/** A server may ask for no more than a day. */
const LONGEST_RETRY_AFTER_MS = 86_400_000;
const DECLARATION_CHARACTERS = 200;

/** @throws {FetchError} when nobody answers in time, the answer breaks off, is longer than it may be or in an unknown encoding. */
export async function fetchDocument(request: DocumentRequest): Promise<DocumentAnswer> {
  const { url, userAgent, accept, validators, timeoutMs, signal } = request;
  const headers: Record<string, string> = { 'user-agent': userAgent, accept, 'accept-encoding': 'gzip, deflate' };
  if (validators?.etag) headers['if-none-match'] = validators.etag;
  if (validators?.lastModified) headers['if-modified-since'] = validators.lastModified;
  try {
    const response = await fetch(url, { headers, redirect: 'follow', signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
    if (response.status === 304 && validators) return { kind: 'UNCHANGED' };
    if (response.status !== 200) {
      await response.body?.cancel();
      return { kind: 'REFUSED', status: response.status, retryAfterMs: retryAfterMs(response.headers) };
    }
    const text = decode(await readBytes(response, request.maxBytes), response.headers.get('content-type'));
    return { kind: 'DOCUMENT', text, etag: response.headers.get('etag'), lastModified: response.headers.get('last-modified') };
  } catch (error) {
    if (error instanceof FetchError) throw error;
    throw new FetchError(`${shown(url)} did not answer: ${reasonOf(error)}`, { cause: error });
  }
}

async function readBytes(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new FetchError(`${shown(response.url)} has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The header's charset, else the one an XML declaration names, else UTF-8. A byte that does not fit it shows as U+FFFD. */
function decode(bytes: Uint8Array, contentType: string | null): string {
  const beginning = Buffer.from(bytes.subarray(0, DECLARATION_CHARACTERS)).toString('latin1');
  const charset = /charset="?([\w-]+)/i.exec(contentType ?? '')?.[1] ?? /^[^<]*<\?xml[^>]*encoding=["']([\w-]+)/.exec(beginning)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch (error) {
    throw new FetchError(`charset must be a known one, was ${JSON.stringify(charset)}`, { cause: error });
  }
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterMs(headers: Headers): number | null {
  const text = headers.get('retry-after');
  if (text === null) return null;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}

/** What stands before the path: a query may hold a key. */
function shown(url: string): string {
  return URL.canParse(url) ? new URL(url).origin + new URL(url).pathname : 'the address';
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
