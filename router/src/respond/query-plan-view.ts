// What the router does for an operation, for whoever may see it: each call with what it waits for. Asked by a header,
// answered in `extensions.queryPlan`.

import type { Identity } from '../authenticate/identity.ts';
import type { CompiledPlan, FetchStep } from '../execute/compile-plan.ts';

/** With the value `1`. */
export const QUERY_PLAN_HEADER = 'x-mib-query-plan';
/** In production; in development everybody may. */
const SCOPE = 'router:query-plan';

export function maySeePlans({ viewer }: Identity, environment: 'development' | 'production'): boolean {
  return environment === 'development' || ('scopes' in viewer && viewer.scopes.includes(SCOPE));
}

/** In the order in which the calls may start. */
export function viewPlan({ steps, primary }: CompiledPlan): object {
  return { ...(primary ? { subscription: { service: primary.fetch.serviceName, operation: primary.fetch.operation } } : {}), steps: steps.map(viewStep) };
}

function viewStep({ serviceName, after, bodyHead, parts, stage }: FetchStep): object {
  const { query } = JSON.parse(`${bodyHead}}}`) as { query: string };
  return { service: serviceName, after, ...(stage === undefined ? {} : { deferred: stage }), paths: parts.map(({ path }) => path.join('.')), operation: query };
}
