// The page at /docs: Swagger UI out of node_modules, so it works where there is no network, under a policy that lets it
// load and call nothing but this server. Read at the first visit and kept.

import { createRequire } from 'node:module';
import path from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pageOf, readPage, sendPage, type Page } from '../transport/pages.ts';

export const DOCS_PATH = '/docs';
export const OPENAPI_PATH = '/openapi.json';

const HTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>REST</title>
<link rel="icon" href="${DOCS_PATH}/favicon-32x32.png">
<link rel="stylesheet" href="${DOCS_PATH}/swagger-ui.css">
<div id="docs"></div>
<script src="${DOCS_PATH}/swagger-ui-bundle.js"></script>
<script src="${DOCS_PATH}/start.js"></script>
</html>
`;
const START = `SwaggerUIBundle({ url: '${OPENAPI_PATH}', dom_id: '#docs', deepLinking: true, validatorUrl: null, persistAuthorization: false });\n`;
/** Swagger UI draws its icons from data: URLs and sets styles from its script. */
const CONTENT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

let pages: Promise<ReadonlyMap<string, Page>> | undefined;

/** @returns false for a path that is none of the page's. */
export async function sendDocs(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<boolean> {
  const page = (await (pages ??= load())).get(pathname);
  if (page) sendPage(request, response, page, CONTENT_POLICY);
  return page !== undefined;
}

async function load(): Promise<ReadonlyMap<string, Page>> {
  const folder = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const files = await Promise.all(FILES.map(async (file) => [`${DOCS_PATH}/${file}`, await readPage(path.join(folder, file), `${DOCS_PATH}/${file}`)] as const));
  return new Map([[DOCS_PATH, await pageOf(Buffer.from(HTML), '.html')], [`${DOCS_PATH}/start.js`, await pageOf(Buffer.from(START), '.js')], ...files]);
}
