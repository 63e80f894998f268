// Rewrites the fetches of a plan where they stand; one may become several, which then run side by side.

import type { FetchNode, PlanNode, QueryPlan } from './planner.ts';

/** @param map - `path` leads from the response's root to what the fetch is for; returns at least one fetch. */
export function mapFetches(plan: QueryPlan, map: (fetch: FetchNode, path: readonly string[]) => readonly FetchNode[]): QueryPlan {
  const { node } = plan;
  if (!node) return plan;
  if (node.kind !== 'Subscription') return { ...plan, node: mapNode(node, [], map) };
  const [primary = node.primary] = map(node.primary, []);
  return { ...plan, node: { ...node, primary, ...(node.rest ? { rest: mapNode(node.rest, [], map) } : {}) } };
}

function mapNode(node: PlanNode, path: readonly string[], map: (fetch: FetchNode, path: readonly string[]) => readonly FetchNode[]): PlanNode {
  const below = (child: PlanNode): PlanNode => mapNode(child, path, map);
  switch (node.kind) {
    case 'Fetch': {
      const [only, ...more] = map(node, path);
      if (!only) return node;
      return more.length === 0 ? only : { kind: 'Parallel', nodes: [only, ...more] };
    }
    case 'Flatten':
      return { ...node, node: mapNode(node.node, [...path, ...node.path.map(String)], map) };
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map(below) };
    case 'Defer':
      return {
        ...node,
        primary: { ...node.primary, ...(node.primary.node ? { node: below(node.primary.node) } : {}) },
        deferred: node.deferred.map((deferred) => ({ ...deferred, ...(deferred.node ? { node: below(deferred.node) } : {}) })),
      };
    case 'Condition':
      return node; // compile-plan.ts refuses it
  }
}
