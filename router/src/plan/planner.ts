// The seam to Apollo's query planner. Plans are made in another thread, so the port is asynchronous and speaks text.

import type { QueryPlan } from '@apollo/query-planner';

export type { FetchDataKeyRenamer, FetchDataRewrite, FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode, SubscriptionNode } from '@apollo/query-planner';

/** A GraphQL error of validation, as plain JSON. */
export interface InvalidPlace {
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[] | undefined;
}

export interface Planner extends AsyncDisposable {
  /**
   * @param text - exactly one operation, valid against the API schema.
   * @param overrides - labels of progressive @override that are on, sorted.
   * @throws {RequestRefused} PLANNING_OVERLOADED when too many wait, PLANNING_TIMEOUT when it takes too long.
   */
  plan(text: string, overrides: readonly string[]): Promise<QueryPlan>;
  /** What is wrong with a document, by the API schema; for documents too large to validate between two requests. Throws like `plan`. */
  validate(text: string): Promise<readonly InvalidPlace[]>;
  /** @throws {RequestRefused} PLANNING_OVERLOADED if `plan` would; spares the work before it. */
  refuseIfFull(): void;
}
