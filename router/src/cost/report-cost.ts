// What becomes of a cost once the answer is there: metrics, and `extensions.cost` where that is switched on.

import type { PreparedOperation } from '../execute/execute.ts';
import { writeResult, type Result } from '../respond/result.ts';
import { actualCost } from './actual-cost.ts';
import type { CostConfig } from './cost-config.ts';

export type ReportCost = (prepared: PreparedOperation, estimated: number, result: Result) => Result;

export function createCostReport({ report, max }: CostConfig, observe: (kind: 'estimated' | 'actual', cost: number) => void): ReportCost {
  return ({ graph, operation, coerced, extensions }, estimated, result) => {
    observe('estimated', estimated);
    if (!report || result.dataText === undefined) return result;
    const actual = actualCost(graph.costs, operation, coerced, JSON.parse(result.dataText));
    observe('actual', actual);
    return writeResult(result.dataText, result.errors ?? [], { ...extensions, cost: { estimated, actual, max } });
  };
}
