import { RequestRefused } from '../respond/graph-error.ts';

/** A credential that does not hold; never falls back to an anonymous caller. */
export function unauthenticated(message: string): RequestRefused {
  return RequestRefused.because(401, 'UNAUTHENTICATED', message);
}
