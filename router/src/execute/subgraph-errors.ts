// How a subgraph's errors appear in the response: paths mapped from the fetch into the response, the subgraph's code
// kept beside its name, internals masked.

import { clientName } from '../plan/client-names.ts';
import { graphError, type GraphError, type ResponsePath, type RouterErrorCode } from '../respond/graph-error.ts';
import type { FetchPart } from './compile-plan.ts';
import { isObject, type JsonObject } from './json.ts';
import type { SubgraphError } from './subgraph-client.ts';
import { commonPrefix, targetPathsAt, targetsAt } from './targets.ts';

/** Codes whose message and details are nobody's business outside. */
const INTERNAL_CODES: ReadonlySet<unknown> = new Set(['INTERNAL', 'INTERNAL_SERVER_ERROR']);
/** What servers put beside an error about themselves, at whatever depth. */
const PRIVATE_DETAILS: ReadonlySet<string> = new Set(['stacktrace', 'stackTrace', 'stack', 'exception', 'originalError', 'debugMessage', 'trace']);
/** Deeper details are dropped. */
const MAX_DETAIL_DEPTH = 8;

const FAILURES: Readonly<Partial<Record<RouterErrorCode, string>>> = { SUBGRAPH_TIMEOUT: 'did not answer in time', SUBGRAPH_UNAVAILABLE: 'is unavailable', SUBGRAPH_CIRCUIT_OPEN: 'has failed too often and is not asked for a while' };

/** What an entity fetch asked: for each target the index of its representation, -1 when it was not asked for. */
export interface Asked {
  readonly targets: readonly JsonObject[];
  readonly asked: readonly number[];
}

export interface Fetched extends Asked {
  readonly part: FetchPart;
  readonly root: JsonObject;
  readonly serviceName: string;
}

/** One error for one dead fetch, at the field it should have filled. */
export function fetchFailure(part: FetchPart, root: JsonObject, failure: { readonly code: RouterErrorCode; readonly serviceName: string }): GraphError {
  const { code, serviceName } = failure;
  return graphError(code, `${serviceName} ${FAILURES[code] ?? 'gave an answer that is not GraphQL'}`, { path: fetchPath(part, root).map(shownName), serviceName });
}

/** Maps one error of a fetch to the places in the response that it concerns. */
export function mapSubgraphError(error: SubgraphError, fetched: Fetched): GraphError[] {
  return errorPaths(error.path, fetched).map((path) => ({ ...shownError(error, fetched.serviceName), path: path.map(shownName) }));
}

function shownError(error: SubgraphError, serviceName: string): GraphError {
  const extensions = isObject(error.extensions) ? error.extensions : {};
  const code = typeof extensions['code'] === 'string' ? extensions['code'] : 'DOWNSTREAM_SERVICE_ERROR';
  if (INTERNAL_CODES.has(code)) return graphError('INTERNAL', 'internal error', { serviceName });
  const message = typeof error.message === 'string' ? error.message : `${serviceName} reported an error`;
  return { message, extensions: { ...(withoutPrivate(extensions, 0) as JsonObject), code, serviceName } };
}

function withoutPrivate(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DETAIL_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((element) => withoutPrivate(element, depth + 1) ?? null);
  return Object.fromEntries(Object.entries(value).flatMap(([name, detail]) => (PRIVATE_DETAILS.has(name) ? [] : [[name, withoutPrivate(detail, depth + 1)]])));
}

function errorPaths(raw: unknown, { part, root, targets, asked }: Fetched): ResponsePath[] {
  if (!Array.isArray(raw) || raw.length === 0) return [fetchPath(part, root)];
  const path = raw.map((element) => (typeof element === 'number' ? element : originalName(String(element), part)));
  if (!part.entities) return [[...commonPrefix(targetPathsAt(root, part.path)), ...path]];
  const [, index, ...rest] = path;
  if (typeof index !== 'number') return [fetchPath(part, root)];
  const concerned = new Set(targets.filter((_, target) => asked[target] === index));
  const objects = targetsAt(root, part.path);
  const places = targetPathsAt(root, part.path).filter((_, target) => concerned.has(objects[target]!));
  return places.length === 0 ? [fetchPath(part, root)] : places.map((target) => [...target, ...rest]);
}

/** The planner may have renamed a response key on its way to the subgraph. */
function originalName(name: string, part: FetchPart): string {
  const rewrite = part.outputRewrites.find((candidate) => candidate.kind === 'KeyRenamer' && candidate.path.at(-1) === name);
  return rewrite?.kind === 'KeyRenamer' ? rewrite.renameKeyTo : name;
}

function shownName(element: string | number): string | number {
  return typeof element === 'number' ? element : clientName(element);
}

function fetchPath(part: FetchPart, root: JsonObject): ResponsePath {
  const prefix = commonPrefix(targetPathsAt(root, part.path));
  const [field] = part.fields;
  const names = field !== undefined && (part.fields.length === 1 || prefix.length === 0);
  // Below a list the failed field has many places; their common ancestor stands for all of them.
  const atOnePlace = targetPathsAt(root, part.path).length <= 1;
  return names && atOnePlace ? [...prefix, originalName(field, part)] : prefix;
}
