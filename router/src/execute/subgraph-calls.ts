// How the executor reaches a subgraph: its client, with the headers its rules allow, a signed statement of who asks, and
// where the client is. A subgraph never sees another header of the client.

import { randomUUID } from 'node:crypto';
import { originHeaders } from '@mib/service/client-origin';
import { VIEWER_HEADER } from '@mib/service/viewer';
import type { Identity } from '../authenticate/identity.ts';
import type { HeaderRules } from '../headers/header-rules.ts';
import { InFlight } from './in-flight.ts';
import type { CallSubgraph } from './run-plan.ts';
import type { SubgraphAnswer, SubgraphClient } from './subgraph-client.ts';

export interface SubgraphCallParts {
  readonly client: (name: string) => SubgraphClient | undefined;
  /** Signed; undefined for anonymous callers. */
  readonly statement: (identity: Identity) => string | undefined;
  readonly headers: HeaderRules;
  /** Whether identical queries that are under way at the same time are sent once. */
  readonly shareIdentical: boolean;
  readonly onFetched: (name: string, answer: SubgraphAnswer, seconds: number) => void;
}

export function createSubgraphCalls({ client: clientOf, statement, headers: rules, shareIdentical, onFetched }: SubgraphCallParts): CallSubgraph {
  const inFlight = new InFlight();
  return (name, request, { identity, origin = {}, seen }) => {
    const client = clientOf(name);
    if (!client) return Promise.resolve({ kind: 'failed', code: 'SUBGRAPH_UNAVAILABLE', reason: 'the supergraph has no URL for it' });
    const signed = statement(identity);
    const headers: Record<string, string> = { ...rules.forSubgraph(name, identity.clientHeaders), ...originHeaders(origin) };
    if (signed !== undefined) headers[VIEWER_HEADER] = signed;
    const fetch = async (signal: AbortSignal | undefined): Promise<SubgraphAnswer> => {
      const startedMs = performance.now();
      const span = seen?.fetch(name, client.url);
      const answer = await client.fetch({ ...request, signal, headers: { ...headers, 'x-request-id': randomUUID(), ...span?.headers } });
      onFetched(name, answer, (performance.now() - startedMs) / 1000);
      span?.end(answer);
      return answer;
    };
    if (!request.repeatable || !shareIdentical) return fetch(request.signal);
    // Line by line unambiguous: only the body, which is last, may hold a line break.
    return inFlight.get(`${name}\n${identity.key}\n${JSON.stringify(headers)}\n${request.body}`, request, fetch);
  };
}
