// Pages beside /graphql: the console, the offline GraphiQL, and a redirect. The console is read into memory once, at the
// start; only what was read can be asked for, so no request reaches the file system. A platform without a built console
// sends visitors of `/` to GraphiQL.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

/** By URL path; `/` is index.html. Empty when there is no built console. */
export type ConsolePages = ReadonlyMap<string, Page>;

export interface Page {
  readonly body: Buffer;
  /** Undefined where it would not be smaller. */
  readonly zipped: Buffer | undefined;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly etag: string;
}

export const CONSOLE_DIRECTORY = fileURLToPath(new URL('../../../console/dist/', import.meta.url));
/** Far above a built console; what is beyond is no console, and must not be taken into memory. */
export const MAX_FILES = 200;
export const MAX_BYTES = 20_000_000;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
/** Vite puts a hash of the content into the names of what lies here, so it never changes. */
const IMMUTABLE = /^\/assets\//;
/** Scripts, styles and connections of this very server and nothing else; nobody may frame the page. */
const CONTENT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** @throws when the directory holds more than a console can be. */
export async function loadConsole(directory: string = CONSOLE_DIRECTORY): Promise<ConsolePages> {
  const files = await filesOf(directory);
  if (files.length > MAX_FILES) throw new Error(`${directory} must hold at most ${MAX_FILES} files, was ${files.length}`);
  const pages = new Map<string, Page>();
  let bytes = 0;
  for (const file of files) {
    const urlPath = `/${file.split(path.sep).join('/')}`;
    const page = await readPage(path.join(directory, file), urlPath);
    bytes += page.body.length;
    if (bytes > MAX_BYTES) throw new Error(`${directory} must hold at most ${MAX_BYTES} bytes`);
    pages.set(urlPath === '/index.html' ? '/' : urlPath, page);
  }
  return pages.has('/') ? pages : new Map();
}

export function sendPage(request: IncomingMessage, response: ServerResponse, page: Page, contentPolicy: string = CONTENT_POLICY): void {
  const headers = {
    etag: page.etag,
    vary: 'accept-encoding',
    'cache-control': page.cacheControl,
    'content-security-policy': contentPolicy,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
  if (request.headers['if-none-match'] === page.etag) {
    response.writeHead(304, headers);
    return void response.end();
  }
  const zipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')) ? page.zipped : undefined;
  const body = zipped ?? page.body;
  response.writeHead(200, { ...headers, 'content-type': page.contentType, 'content-length': body.length, ...(zipped && { 'content-encoding': 'gzip' }) });
  response.end(body);
}

/** Built at the first visit and kept: nine megabytes with its editor inlined, so it needs no network. */
let graphiql: Buffer | undefined;

export function sendGraphiql(response: ServerResponse): void {
  graphiql ??= Buffer.from(renderGraphiQL({ title: 'Market Intel Brain', endpoint: '/graphql', subscriptionsProtocol: 'WS', shouldPersistHeaders: false }));
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': graphiql.length, 'cache-control': 'public, max-age=3600', 'x-frame-options': 'DENY' });
  response.end(graphiql);
}

export function sendRedirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location, 'content-length': 0 });
  response.end();
}

async function filesOf(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** @param urlPath - says whether the content can change under its name. */
export async function readPage(file: string, urlPath: string): Promise<Page> {
  return pageOf(await readFile(file), path.extname(file), IMMUTABLE.test(urlPath));
}

export async function pageOf(body: Buffer, extension: string, isImmutable = false): Promise<Page> {
  const zipped = await promisify(gzip)(body);
  return {
    body,
    zipped: zipped.length < body.length ? zipped : undefined,
    contentType: CONTENT_TYPES[extension] ?? 'application/octet-stream',
    cacheControl: isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: `"${createHash('sha256').update(body).digest('base64url')}"`,
  };
}
