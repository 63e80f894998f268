// node --expose-gc plan-cost-process.js SUPERGRAPH: plans many variants of one operation and says what one costs: time in
// the planner, and memory while it is cached, as our compiled plan and as Apollo's planner made it.

import { readFileSync } from 'node:fs';
import { parse, print, stripIgnoredCharacters } from 'graphql';
import { compilePlan } from '@mib/router/execute/compile-plan';
import { openApolloSupergraph } from '@mib/router/plan/apollo-supergraph';
import { loadSupergraph } from '@mib/router/plan/load-supergraph';
import { coldOperation } from './operations.ts';

const PLANS = 200;

export interface PlanCost {
  readonly planMs: number;
  readonly compiledBytes: number;
  readonly plannedBytes: number;
}

const sdl = readFileSync(process.argv[2]!, 'utf8');
const { planOperation } = openApolloSupergraph(sdl);
const { types } = loadSupergraph(sdl);
const texts = Array.from({ length: PLANS }, (_, index) => stripIgnoredCharacters(print(parse(coldOperation(index)))));
for (const text of texts) planOperation(text, []);
const startMs = performance.now();
const [planned, plannedBytes] = retained(() => texts.map((text) => planOperation(text, [])));
const planMs = (performance.now() - startMs) / PLANS;
const [compiled, compiledBytes] = retained(() => planned.map((plan) => compilePlan(JSON.parse(JSON.stringify(plan)) as typeof plan, types)));
if (compiled.length !== PLANS) throw new Error('not every plan was compiled');
process.on('disconnect', () => process.exit());
process.send?.({ planMs, compiledBytes, plannedBytes } satisfies PlanCost);

/** @returns bytes for each. */
function retained<T>(make: () => readonly T[]): [readonly T[], number] {
  globalThis.gc!();
  const before = process.memoryUsage().heapUsed;
  const made = make();
  globalThis.gc!();
  return [made, (process.memoryUsage().heapUsed - before) / made.length];
}
