// One answer as text, written once however many clients get it.

import type { GraphError } from './graph-error.ts';

export interface Result {
  /** The whole GraphQL response as JSON. */
  readonly text: string;
  /** Its `data` alone; absent in a refusal. */
  readonly dataText?: string;
  /** Absent when there are none. */
  readonly errors?: readonly GraphError[];
}

export function writeResult(dataText: string, errors: readonly GraphError[], extensions?: Readonly<Record<string, unknown>>): Result {
  const tail = extensions === undefined ? '' : `,"extensions":${JSON.stringify(extensions)}`;
  if (errors.length === 0) return { text: `{"data":${dataText}${tail}}`, dataText };
  return { text: `{"errors":${JSON.stringify(errors)},"data":${dataText}${tail}}`, dataText, errors };
}

/** A request that never ran has no `data` entry. */
export function writeRefusal(errors: readonly GraphError[]): Result {
  return { text: `{"errors":${JSON.stringify(errors)}}`, errors };
}
