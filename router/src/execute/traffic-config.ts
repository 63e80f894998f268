// Section `traffic` of the settings file: how patient the router is with a subgraph. What is said for one subgraph goes
// before what is said for all.

import { z } from 'zod';
import { wholeNumber } from '../config-values.ts';

const policy = z.strictObject({
  /** For one fetch with all its retries. */
  timeoutMs: wholeNumber(1, 600_000).optional(),
  /** Of one fetch; only queries are ever sent again, and the budget of the whole subgraph bounds them all. */
  maxRetries: wholeNumber(0, 5).optional(),
  /** Opens when this share of the calls of the last `circuitWindowMs` has failed. */
  circuitFailurePercent: wholeNumber(1, 100).optional(),
  /** Fewer calls say nothing. */
  circuitMinCalls: wholeNumber(1, 100_000).optional(),
  circuitWindowMs: wholeNumber(100, 600_000).optional(),
  /** How long nothing is sent before some calls may try. */
  circuitOpenMs: wholeNumber(1, 600_000).optional(),
  /** Calls that may try at once, and must all succeed to close it. */
  circuitTrialCalls: wholeNumber(1, 1_000).optional(),
});

export const trafficSection = z.strictObject({
  /** Identical queries of one identity to one subgraph that are under way at the same time are sent once. */
  shareIdentical: z.boolean().default(true),
  all: policy.prefault({}),
  subgraphs: z.record(z.string(), policy).default({}),
});

export type TrafficPolicy = { readonly [Name in keyof z.infer<typeof policy>]-?: number };

export const DEFAULT_TRAFFIC: TrafficPolicy = {
  timeoutMs: 10_000,
  maxRetries: 2,
  circuitFailurePercent: 50,
  circuitMinCalls: 20,
  circuitWindowMs: 10_000,
  circuitOpenMs: 5_000,
  circuitTrialCalls: 3,
};

/** @returns the whole policy of one subgraph. @param timeoutMs - where neither says anything of it. */
export function createTraffic({ all, subgraphs }: z.infer<typeof trafficSection>, timeoutMs: number): (subgraph: string) => TrafficPolicy {
  return (subgraph) => ({ ...DEFAULT_TRAFFIC, timeoutMs, ...all, ...(Object.hasOwn(subgraphs, subgraph) ? subgraphs[subgraph] : {}) });
}
