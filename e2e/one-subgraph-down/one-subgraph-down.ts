// Every subgraph in a process of its own; each is killed once. The rest answers, what it owned is null with one error that
// names it and the path, and it comes back by itself.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { graphql } from '@mib/testkit/graphql';
import type { Platform } from '@mib/testkit/platform';
import { eventually } from '../eventually.ts';
import { registerTrader, type Trader } from '../people.ts';

const run = promisify(execFile);

/** One field of each subgraph, and where its absence shows. `me` and `instrument` have parents of their own to lose. */
const QUERY = `query ($account: ID!) {
  models { id } roles { id } configKeys { key } engine { ready } venues { id }
  orderBook(instrumentId: "SPX.XSIM", depth: 1) { sequence }
  instrument(symbol: "SPX") { symbol indicator(spec: { kind: SMA, period: 5 }, interval: D1) { ready } alertRules { id } }
  account(id: $account) { name tradingState } }`;
const OWNED: readonly (readonly [subgraph: string, paths: readonly string[]])[] = [
  ['ai-inference', ['models']],
  ['auth-service', ['roles']],
  ['config-service', ['configKeys']],
  ['core-engine', ['engine', 'orderBook']],
  ['data-ingestion', ['venues', 'instrument']],
  ['data-processor', ['instrument.indicator']],
  ['notification-service', ['instrument.alertRules']],
  ['risk-engine', ['account.tradingState']],
  ['trading-engine', ['account']],
];

/** Suites for a platform that runs every subgraph in a process of its own. */
export function oneSubgraphDown(running: () => Platform): void {
  describe('one subgraph down', () => {
    let platform: Platform;
    let trader: Trader;
    beforeAll(async () => {
      platform = running();
      trader = await registerTrader(platform.url);
      await whole(platform, trader);
    }, 120_000);

    it.each(OWNED)('%s: its fields are null, the rest answers, and it heals by itself', async (name, paths) => {
      process.kill(await pidOf(platform, name), 'SIGKILL');
      const { data, errors } = await eventually(async () => {
        const partial = await ask(platform, trader);
        expect(partial.errors).toBeDefined();
        return partial;
      }, 5_000);
      // One failed fetch is one error, at the first field it would have filled.
      expect(errors).toMatchObject([{ extensions: { serviceName: name } }]);
      expect(paths).toContain(errors![0]!.path?.join('.'));
      const lost = OWNED.flatMap(([, owned]) => owned).filter((path) => at(data, path) === null);
      expect(lost).toEqual(expect.arrayContaining([...paths]));
      expect(lost.every((path) => paths.some((own) => path === own || path.startsWith(`${own}.`)))).toBe(true);
      await whole(platform, trader);
    }, 60_000);
  });
}

function ask(platform: Platform, trader: Trader) {
  return graphql(platform.url, { query: QUERY, variables: { account: trader.accountId }, token: trader.token });
}

function whole(platform: Platform, trader: Trader): Promise<void> {
  return eventually(async () => {
    const { data, errors } = await ask(platform, trader);
    expect(errors).toBeUndefined();
    expect(OWNED.flatMap(([, paths]) => paths).filter((path) => at(data, path) === null)).toEqual([]);
  }, 40_000);
}

/** Now: a story before may have had it killed and started again. */
async function pidOf({ pid }: Platform, subgraph: string): Promise<number> {
  const { stdout } = await run('pgrep', ['-P', String(pid), '-f', `subgraphs/${subgraph}/`]);
  return Number(stdout);
}

/** Null also below something that is null itself. */
function at(data: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value === null || value === undefined ? null : (value as Record<string, unknown>)[key]), data);
}
