// A setting changed in the graph reaches the service that applies it without a restart, and so does its rollback.

import { beforeAll, describe, expect, it } from '@jest/globals';
import { graphql } from '@mib/testkit/graphql';
import { subscribe } from '../live.ts';
import { operatorToken } from '../people.ts';
import { sharedPlatform } from '../shared-platform.ts';

const KEY = 'data-ingestion.simulated-rate';
const WITHIN_MS = 2_000;
const WINDOW = 20;
/** WINDOW quotes at 300 commands a second take a tenth of this, at 15 a second more than SLOW_MS. */
const FAST_MS = 500;
const SLOW_MS = 700;
const ENTRY = `entry { version value } userErrors { code message }`;

let url: string;
let token: string;

beforeAll(async () => {
  const platform = sharedPlatform();
  url = platform.url;
  token = await operatorToken(platform);
});

describe('configuration', () => {
  it('reaches its service within two seconds, set and rolled back', async () => {
    const { data: before } = await graphql(url, { query: `{ configEntries(scope: SERVICE, scopeId: "data-ingestion") { key version } }`, token });
    const version = before.configEntries.find((entry: { key: string }) => entry.key === KEY)?.version ?? 0;
    await set(version, '15');
    await using quotes = await subscribe(url, { query: `subscription { quoteUpdated(instrumentIds: ["SPX.XSIM"]) { sequence } }` });
    const pace = new Pace(() => quotes.next());
    await within(WITHIN_MS, () => set(version + 1, '300'), () => pace.until((spanMs) => spanMs < FAST_MS));
    await within(WITHIN_MS, () => rollback(version + 1), () => pace.until((spanMs) => spanMs > SLOW_MS));
  }, 60_000);

  it('refuses what the key does not allow, a stale version, and a stranger', async () => {
    const attempt = async (input: object) => (await graphql(url, { query: `mutation ($input: SetConfigInput!) { setConfig(input: $input) { ${ENTRY} } }`, variables: { input: { key: KEY, scope: 'SERVICE', scopeId: 'data-ingestion', ...input } }, token })).data.setConfig.userErrors[0];
    expect(await attempt({ value: '0', expectedVersion: 0 })).toMatchObject({ code: 'VALIDATION', message: expect.stringContaining('0') });
    expect(await attempt({ value: '15', expectedVersion: 999 })).toMatchObject({ code: 'CONFLICT' });
    expect(await attempt({ key: 'no.such.key', value: '15', expectedVersion: 0 })).toMatchObject({ code: 'NOT_FOUND' });
  });
});

async function set(expectedVersion: number, value: string): Promise<void> {
  const input = { key: KEY, scope: 'SERVICE', scopeId: 'data-ingestion', value, expectedVersion };
  const { data } = await graphql(url, { query: `mutation ($input: SetConfigInput!) { setConfig(input: $input) { ${ENTRY} } }`, variables: { input }, token });
  expect(data.setConfig).toEqual({ entry: { version: expectedVersion + 1, value }, userErrors: [] });
}

async function rollback(toVersion: number): Promise<void> {
  const { data } = await graphql(url, { query: `mutation { rollbackConfig(key: "${KEY}", scopeId: "data-ingestion", toVersion: ${toVersion}) { ${ENTRY} } }`, token });
  expect(data.rollbackConfig).toMatchObject({ entry: { value: '15' }, userErrors: [] });
}

async function within(limitMs: number, change: () => Promise<void>, seen: () => Promise<void>): Promise<void> {
  await change();
  const changedMs = performance.now();
  await seen();
  expect(performance.now() - changedMs).toBeLessThan(limitMs);
}

/** How long the last WINDOW events took: the venue's commands a second show in the quotes of an instrument. */
class Pace {
  readonly #next: () => Promise<unknown>;
  #times: number[] = [];

  constructor(next: () => Promise<unknown>) {
    this.#next = next;
  }

  async until(reached: (spanMs: number) => boolean): Promise<void> {
    for (;;) {
      await this.#next();
      this.#times = [...this.#times, performance.now()].slice(-WINDOW);
      if (this.#times.length === WINDOW && reached(this.#times.at(-1)! - this.#times[0]!)) return;
    }
  }
}
