// What a request asks, by its method: a GET in its query string, a POST in its body.

import type { IncomingMessage } from 'node:http';
import { RequestRefused } from '../respond/graph-error.ts';
import { readJsonBody } from './read-body.ts';
import { parametersFromQueryString } from './request-parameters.ts';

/** @returns the parameters of an operation, or a list of them, not yet checked. */
export async function readOperations(request: IncomingMessage, url: URL, maxBodyBytes: number): Promise<unknown> {
  if (request.method === 'GET') return parametersFromQueryString(url);
  if (request.method !== 'POST') throw RequestRefused.because(405, 'METHOD_NOT_ALLOWED', 'use GET or POST');
  return readJsonBody(request, maxBodyBytes);
}
