// From what a handler throws to what its caller is told: bad values become INVALID_ARGUMENT, everything unknown INTERNAL.

import { status, type Metadata, type ServiceError } from '@grpc/grpc-js';
import { InvalidValueError } from '@mib/model/invalid-value';

export function asStatus(error: unknown): Partial<ServiceError> & { metadata?: Metadata } {
  if (error instanceof InvalidValueError) return { code: status.INVALID_ARGUMENT, details: error.message };
  if (typeof (error as { code?: unknown }).code === 'number') return error as Partial<ServiceError>;
  return { code: status.INTERNAL, details: 'internal error' };
}
