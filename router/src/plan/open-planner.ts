import type { Planner } from './planner.ts';
import type { PlannerWorkerData } from './planner-worker.ts';
import type { PlanningConfig } from './planning-config.ts';
import type { SupergraphDescription } from './supergraph.ts';

/** Makes a planner of one supergraph; throws SupergraphRefused when the SDL is not one this router can serve. */
export type OpenPlanner = (data: PlannerWorkerData, options: PlanningConfig) => Promise<{ readonly planner: Planner; readonly description: SupergraphDescription }>;
