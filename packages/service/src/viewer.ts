// Who asks. The router authenticates once and hands every subgraph a short-lived signed statement of the identity:
// as header `x-mib-viewer` over HTTP, as `extensions.viewer` in the subscribe payload over WebSocket. A subgraph
// believes nothing else. Format: base64url(JSON) "." base64url(HMAC-SHA256 of that text under the platform's secret).

import { createHmac, timingSafeEqual } from 'node:crypto';
import { ClientError } from './errors.ts';

export const VIEWER_HEADER = 'x-mib-viewer';
export const VIEWER_EXTENSION = 'viewer';
/** A statement outlives the longest request timeout, not a stolen log line. */
export const VIEWER_LIFETIME_SECONDS = 60;

export interface AnonymousViewer {
  readonly kind: 'anonymous';
}

export interface KnownViewer {
  readonly kind: 'user' | 'api-key';
  readonly userId: string;
  readonly roles: readonly string[];
  /** Permissions such as `orders:write`; the same words as in @requiresScopes. */
  readonly scopes: readonly string[];
  /** Of a signed-in person: the session that the access token belongs to. */
  readonly sessionId?: string;
}

export type Viewer = AnonymousViewer | KnownViewer;

export const ANONYMOUS: AnonymousViewer = { kind: 'anonymous' };

export function signViewer(viewer: Viewer, secret: string, nowMs: number): string {
  const body = Buffer.from(JSON.stringify({ ...viewer, exp: Math.floor(nowMs / 1000) + VIEWER_LIFETIME_SECONDS })).toString('base64url');
  return `${body}.${signature(body, secret)}`;
}

/**
 * Reads a statement back; absent means anonymous.
 *
 * @throws {ClientError} UNAUTHENTICATED when it is forged, malformed or expired: fail closed, never fall back to anonymous.
 */
export function verifyViewer(statement: string | undefined, secret: string, nowMs: number): Viewer {
  if (statement === undefined || statement === '') return ANONYMOUS;
  const [body, mac, ...rest] = statement.split('.');
  if (!body || !mac || rest.length > 0 || !sameText(mac, signature(body, secret))) throw new ClientError('UNAUTHENTICATED', 'viewer statement is not genuine');
  const { exp, ...viewer } = JSON.parse(Buffer.from(body, 'base64url').toString()) as Viewer & { exp: number };
  if (exp * 1000 <= nowMs) throw new ClientError('UNAUTHENTICATED', 'viewer statement has expired');
  return viewer;
}

/** @throws {ClientError} UNAUTHENTICATED for an anonymous viewer. */
export function requireUser(viewer: Viewer): KnownViewer {
  if (viewer.kind === 'anonymous') throw new ClientError('UNAUTHENTICATED', 'sign in first');
  return viewer;
}

export function hasScope(viewer: Viewer, scope: string): viewer is KnownViewer {
  return viewer.kind !== 'anonymous' && viewer.scopes.includes(scope);
}

/** @throws {ClientError} UNAUTHENTICATED or FORBIDDEN, naming the missing scope. */
export function requireScope(viewer: Viewer, scope: string): KnownViewer {
  const user = requireUser(viewer);
  if (!user.scopes.includes(scope)) throw new ClientError('FORBIDDEN', `scope ${scope} is required`);
  return user;
}

function signature(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64url');
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
