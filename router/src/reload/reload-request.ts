// POST /reload, in development only: a new supergraph in the body, or none to read the file again. The answer says what
// changed, or why the old one goes on.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from '@mib/service/http-exchange';
import { RequestRefused } from '../respond/graph-error.ts';
import type { Origins } from '../transport/origins.ts';
import { readBody } from '../transport/read-body.ts';
import type { Changes } from './describe-changes.ts';

/** @param sdl - absent: as the file has it. @throws {Error} saying why it cannot be served. */
export type Reload = (sdl?: string) => Promise<Changes>;

const MAX_SUPERGRAPH_BYTES = 32 * 1024 * 1024;

export async function answerReload(request: IncomingMessage, response: ServerResponse, { reload, origins }: { readonly reload: Reload; readonly origins: Origins }): Promise<void> {
  try {
    origins.check(request);
    const body = (await readBody(request, MAX_SUPERGRAPH_BYTES)).toString('utf8');
    const changes = await reload(body.trim() === '' ? undefined : body);
    sendJson(response, 200, { reloaded: true, ...changes });
  } catch (error) {
    const status = error instanceof RequestRefused ? error.status : 422;
    sendJson(response, status, { reloaded: false, reasons: (error instanceof Error ? error.message : String(error)).split('\n').filter((line) => line !== '') });
  }
}
