// Who may talk to the engine: whoever shows the token, compared in constant time, when one is set. Without a token the
// engine listens on loopback only, which config.ts sees to.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Metadata } from '@grpc/grpc-js';

export type Authorize = (metadata: Metadata) => boolean;

export function authorizer(token: string | undefined): Authorize {
  if (token === undefined) return () => true;
  const expected = digest(`Bearer ${token}`);
  return (metadata) => timingSafeEqual(digest(String(metadata.get('authorization')[0] ?? '')), expected);
}

/** Equal lengths for timingSafeEqual, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
