// Wider HTTP/2 windows for the server. grpc-js has an option for them on clients only, so this reaches for its http2
// servers; where a later version keeps them elsewhere, starting fails and says so.

import type { Http2Server } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

interface Inside {
  readonly commonServerOptions?: { settings?: object };
  readonly http2Servers?: ReadonlyMap<Http2Server, unknown>;
}

/** Before the server is bound: what each stream may have on its way, unread. */
export function setStreamWindow(server: Server, bytes: number): void {
  const { commonServerOptions } = inside(server);
  if (!commonServerOptions) throw new Error('grpc-js has no commonServerOptions any more');
  commonServerOptions.settings = { ...commonServerOptions.settings, initialWindowSize: bytes };
}

/** Once it is bound: what each connection may have, all of its streams together. */
export function setConnectionWindow(server: Server, bytes: number): void {
  const { http2Servers } = inside(server);
  if (!http2Servers?.size) throw new Error('grpc-js has no http2Servers any more');
  for (const http2Server of http2Servers.keys()) http2Server.on('session', (session) => session.setLocalWindowSize(bytes));
}

function inside(server: Server): Inside {
  return server as unknown as Inside;
}
