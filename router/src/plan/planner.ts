// The seam to Apollo's query planner. A first plan takes 10 to 60 ms of the event loop, so the port is asynchronous:
// a planner in a worker thread fits behind it without another change.

import { operationFromDocument, type Schema, type Supergraph } from '@apollo/federation-internals';
import { QueryPlanner, type QueryPlan } from '@apollo/query-planner';
import type { DocumentNode } from 'graphql';

export type { FetchDataRewrite, FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode, SubscriptionNode } from '@apollo/query-planner';

export interface Planner {
  /** @param document - exactly one operation, valid against the API schema. */
  plan(document: DocumentNode): Promise<QueryPlan>;
}

export function createPlanner(supergraph: Supergraph, api: Schema): Planner {
  const planner = new QueryPlanner(supergraph, {});
  return {
    async plan(document) {
      return planner.buildQueryPlan(operationFromDocument(api, document, { validate: false }));
    },
  };
}
