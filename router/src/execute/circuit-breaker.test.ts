import { describe, expect, it } from '@jest/globals';
import { CircuitBreaker, type CallOutcome, type CircuitState } from './circuit-breaker.ts';
import { RetryBudget, RETRY_RESERVE } from './retry-budget.ts';
import { DEFAULT_TRAFFIC, createTraffic, trafficSection } from './traffic-config.ts';

const bounds = { ...DEFAULT_TRAFFIC, circuitMinCalls: 4, circuitWindowMs: 1_000, circuitOpenMs: 500, circuitTrialCalls: 2 };

function setUp() {
  const clock = { ms: 0 };
  const states: CircuitState[] = [];
  const breaker = new CircuitBreaker(bounds, { nowMs: () => clock.ms, onChange: (state) => states.push(state) });
  const call = (outcome: CallOutcome): boolean => {
    const admission = breaker.enter();
    if (admission !== undefined) breaker.leave(admission, outcome);
    return admission !== undefined;
  };
  return { clock, states, breaker, call };
}

describe('circuit breaker', () => {
  it('opens when half of enough calls have failed, and then lets none through', () => {
    const { call, states } = setUp();
    for (const outcome of ['success', 'failure', 'success', 'failure'] as const) expect(call(outcome)).toBe(true);
    expect(states).toEqual(['open']);
    expect(call('success')).toBe(false);
  });

  it('stays closed while fewer fail, while too few are known, and when failures are old', () => {
    const { call, states, clock } = setUp();
    for (const outcome of ['failure', 'failure', 'failure'] as const) call(outcome);
    clock.ms = 2_000;
    for (const outcome of ['success', 'success', 'success', 'failure', 'success', 'failure', 'success'] as const) call(outcome);
    expect(states).toEqual([]);
  });

  it('counts a caller that went away as nothing', () => {
    const { call, states } = setUp();
    for (let index = 0; index < 20; index++) call('unknown');
    expect(states).toEqual([]);
  });

  it('lets a few calls try after a while and closes when they succeed', () => {
    const { call, states, clock, breaker } = setUp();
    for (let index = 0; index < 4; index++) call('failure');
    clock.ms = 499;
    expect(breaker.enter()).toBeUndefined();
    clock.ms = 500;
    const [first, second] = [breaker.enter(), breaker.enter()];
    expect([first === undefined, second === undefined, breaker.enter()]).toEqual([false, false, undefined]);
    breaker.leave(first!, 'success');
    breaker.leave(second!, 'success');
    expect(states).toEqual(['open', 'half-open', 'closed']);
    expect(call('success')).toBe(true);
  });

  it('opens again at the first trial that fails, whatever calls of before say then', () => {
    const { call, states, clock, breaker } = setUp();
    const late = breaker.enter()!;
    for (let index = 0; index < 4; index++) call('failure');
    clock.ms = 500;
    const trial = breaker.enter()!;
    breaker.leave(late, 'success');
    breaker.leave(trial, 'failure');
    expect(states).toEqual(['open', 'half-open', 'open']);
    expect(breaker.enter()).toBeUndefined();
  });

  it('gives the place of a trial whose caller went away to the next', () => {
    const { call, clock, breaker } = setUp();
    for (let index = 0; index < 4; index++) call('failure');
    clock.ms = 500;
    for (let index = 0; index < 5; index++) expect(call('unknown')).toBe(true);
    expect(breaker.state).toBe('half-open');
  });
});

describe('retry budget', () => {
  it('never gives more than a tenth of the calls beside its reserve', () => {
    const budget = new RetryBudget();
    let retries = 0;
    for (let calls = 0; calls < 1_000; calls++) {
      budget.earn();
      if (budget.spend()) retries++;
    }
    expect(retries).toBeLessThanOrEqual(100 + RETRY_RESERVE);
    expect(retries).toBeGreaterThanOrEqual(100);
  });
});

describe('traffic settings', () => {
  it('go from the one subgraph over all to the defaults', () => {
    const policyOf = createTraffic(trafficSection.parse({ all: { maxRetries: 1 }, subgraphs: { slow: { timeoutMs: 60_000 } } }), 5_000);
    expect([policyOf('slow'), policyOf('other')].map(({ timeoutMs, maxRetries, circuitMinCalls }) => [timeoutMs, maxRetries, circuitMinCalls])).toEqual([[60_000, 1, 20], [5_000, 1, 20]]);
    expect(policyOf('constructor').timeoutMs).toBe(5_000);
  });
});
