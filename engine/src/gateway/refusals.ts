// What the door says when it takes nothing, or nothing more. A command refused with one of these was not applied.

import { status, type Deadline } from '@grpc/grpc-js';

export const UNAUTHENTICATED = { code: status.UNAUTHENTICATED, details: 'the bearer token is missing or wrong' };
export const DEADLINE_PASSED = { code: status.DEADLINE_EXCEEDED, details: 'the deadline had passed before the command was taken in: it was not applied' };
export const CALLER_GONE = { code: status.CANCELLED, details: 'the caller had gone before the command was taken in: it was not applied' };
/** Clients connect again and resume: events from the last `through`, commands under the same clientOrderId. */
export const DRAINING = { code: status.UNAVAILABLE, details: 'the engine is shutting down' };

/** A deadline counts in milliseconds of the wall clock, as gRPC's does; Infinity is none. */
export function hasPassed(deadline: Deadline): boolean {
  return deadline !== Infinity && Date.now() >= Number(deadline);
}
