// Every subgraph in a process of its own; one is killed. The rest answers, its field is null with one error, it comes back.

import { describe, expect, it } from '@jest/globals';
import { graphql } from '@mib/testkit/graphql';
import { startPlatform } from '@mib/testkit/platform';
import { eventually } from '../eventually.ts';

const QUERY = `{ engine { ready } instrument(symbol: "SPX") { symbol quote { freshness } indicator(spec: { kind: SMA, period: 5 }, interval: D1) { ready } } roles { name } }`;

describe('one subgraph down', () => {
  it('answers in part with one error and its path, and heals by itself', async () => {
    await using platform = await startPlatform({ arguments: ['--isolated'] });
    const whole = await graphql(platform.url, { query: QUERY });
    expect(whole.errors).toBeUndefined();
    expect(whole.data.instrument.indicator).toEqual({ ready: true });

    process.kill(platform.pids['data-processor']!, 'SIGKILL');

    const partial = await eventually(async () => {
      const answer = await graphql(platform.url, { query: QUERY });
      expect(answer.errors).toHaveLength(1);
      return answer;
    }, 5_000);
    expect(partial.errors![0]).toMatchObject({ path: ['instrument', 'indicator'], extensions: { serviceName: 'data-processor' } });
    expect(partial.data).toMatchObject({ engine: { ready: true }, instrument: { symbol: 'SPX', quote: { freshness: 'LIVE' }, indicator: null } });

    await eventually(async () => {
      const healed = await graphql(platform.url, { query: QUERY });
      expect(healed.errors).toBeUndefined();
      expect(healed.data.instrument.indicator).toEqual({ ready: true });
    }, 30_000);
  }, 120_000);
});
