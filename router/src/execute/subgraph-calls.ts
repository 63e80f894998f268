// How the executor reaches a subgraph: its client, with the headers its rules allow, a signed statement of who asks, and
// where the client is. A subgraph never sees another header of the client.

import { randomUUID } from 'node:crypto';
import { originHeaders } from '@mib/service/client-origin';
import { VIEWER_HEADER } from '@mib/service/viewer';
import type { Identity } from '../authenticate/identity.ts';
import type { HeaderRules } from '../headers/header-rules.ts';
import type { CallSubgraph } from './run-plan.ts';
import type { SubgraphAnswer, SubgraphClient } from './subgraph-client.ts';

export interface SubgraphCallParts {
  readonly client: (name: string) => SubgraphClient | undefined;
  /** Signed; undefined for anonymous callers. */
  readonly statement: (identity: Identity) => string | undefined;
  readonly headers: HeaderRules;
  readonly onFetched: (name: string, answer: SubgraphAnswer, seconds: number) => void;
}

export function createSubgraphCalls({ client: clientOf, statement, headers: rules, onFetched }: SubgraphCallParts): CallSubgraph {
  return async (name, request, { identity, origin = {}, seen }) => {
    const startedMs = performance.now();
    const client = clientOf(name);
    if (!client) return { kind: 'failed', code: 'SUBGRAPH_UNAVAILABLE', reason: 'the supergraph has no URL for it' };
    const signed = statement(identity);
    const span = seen?.fetch(name, client.url);
    const headers: Record<string, string> = { ...rules.forSubgraph(name, identity.clientHeaders), 'x-request-id': randomUUID(), ...originHeaders(origin), ...span?.headers };
    if (signed !== undefined) headers[VIEWER_HEADER] = signed;
    const answer = await client.fetch({ ...request, headers });
    onFetched(name, answer, (performance.now() - startedMs) / 1000);
    span?.end(answer);
    return answer;
  };
}
