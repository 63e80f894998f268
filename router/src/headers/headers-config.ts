// Section `headers` of the settings file: what subgraphs get to see beside the signed statement of who asks. Nothing of a
// client's request goes on unless a rule names it.
//
//   headers:
//     all:
//       - { propagate: accept-language, default: en }
//       - { insert: x-gateway, value: mib }
//     subgraphs:
//       reviews: [{ rename: accept-language, to: x-language }, { remove: x-gateway }]

import { z } from 'zod';

/** Of the connection or the message itself, or set by the router; x-mib-* speaks for the router. */
const RESERVED = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|expect|content-.*|accept|accept-encoding|x-request-id|traceparent|tracestate|baggage|x-mib-.*|:.*)$/;
const MAX_RULES = 100;

const headerName = z
  .string('must be a header name')
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, 'must be a header name')
  .transform((name) => name.toLowerCase())
  .refine((name) => !RESERVED.test(name), 'must not be a header that belongs to the router or the connection');
const headerValue = z.string('must be text').regex(/^[\t\x20-\x7e]{0,4096}$/, 'must be one line of ASCII');

/** One verb a rule; rules run in order over what the ones before have made. */
const rule = z
  .strictObject({
    /** Copies the client's header, or sends `default` when it has none. */
    propagate: headerName.optional(),
    default: headerValue.optional(),
    rename: headerName.optional(),
    to: headerName.optional(),
    insert: headerName.optional(),
    value: headerValue.optional(),
    /** The variable of the environment that holds the value: for secrets. */
    valueFrom: z.string().regex(/^[A-Z_][A-Z0-9_]*$/, 'must be the name of a variable').optional(),
    remove: headerName.optional(),
  })
  .refine(isOneVerb, 'must be one of {propagate, default?}, {rename, to}, {insert, value | valueFrom}, {remove}');

export type HeaderRule = z.infer<typeof rule>;

export const headersSection = z.strictObject({
  all: z.array(rule).max(MAX_RULES).default([]),
  /** By subgraph name; these run after those for all. */
  subgraphs: z.record(z.string(), z.array(rule).max(MAX_RULES)).default({}),
});

export type HeadersConfig = z.infer<typeof headersSection>;

const SHAPES = ['propagate', 'default,propagate', 'rename,to', 'insert,value', 'insert,valueFrom', 'remove'];

function isOneVerb(given: object): boolean {
  const present = Object.entries(given).filter(([, value]) => value !== undefined).map(([name]) => name);
  return SHAPES.includes(present.sort().join(','));
}
