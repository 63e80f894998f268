import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import pg from 'pg';
import { ADA, ANONYMOUS, OPERATOR, READER, RunningConfig, user } from './testing/running-config.ts';

const STALE = 'key: "core-engine.stale-after-seconds", scope: SERVICE, scopeId: "core-engine"';
const RATE = 'key: "data-ingestion.simulated-rate", scope: SERVICE';
const SEED = 'key: "data-ingestion.simulated-seed", scope: SERVICE';
const THEME = 'key: "user.theme", scope: USER';

let database: TestDatabase;
let config: RunningConfig;
beforeAll(async () => {
  database = await testDatabase();
  config = await RunningConfig.start(database.url);
});
afterAll(async () => {
  await config[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('an entry', () => {
  it('gets versions, keeps their history, and goes back without erasing any', async () => {
    expect(await config.set(`${STALE}, value: "10", expectedVersion: 0`)).toEqual({ entry: { id: 'SERVICE:core-engine:core-engine.stale-after-seconds', version: 1, value: '10' }, userErrors: [] });
    expect((await config.set(`${STALE}, value: " 20 ", expectedVersion: 1`)).entry).toMatchObject({ version: 2, value: '20' });
    expect(await config.rollBack('key: "core-engine.stale-after-seconds", toVersion: 1')).toEqual({ entry: { id: 'SERVICE:core-engine:core-engine.stale-after-seconds', version: 3, value: '10' }, userErrors: [] });
    const { data } = await config.ask('{ configEntries(scope: SERVICE, scopeId: "core-engine") { key scope scopeId value version sensitive updatedBy { id } history { version value rolledBackTo updatedBy { id } } newest: history(first: 1) { version } older: history(before: 2) { version } } }');
    const updatedBy = { id: 'olga' };
    expect(data.configEntries).toEqual([{
      key: 'core-engine.stale-after-seconds', scope: 'SERVICE', scopeId: 'core-engine', value: '10', version: 3, sensitive: false, updatedBy,
      history: [{ version: 3, value: '10', rolledBackTo: 1, updatedBy }, { version: 2, value: '20', rolledBackTo: null, updatedBy }, { version: 1, value: '10', rolledBackTo: null, updatedBy }],
      newest: [{ version: 3 }], older: [{ version: 1 }],
    }]);
  });

  it('lets one of many changes of the same version win, and tells the others', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => config.set(`${RATE}, value: "${index + 1}", expectedVersion: 0`)));
    const [winner, ...others] = outcomes.filter((outcome) => outcome.userErrors.length === 0);
    expect(others).toEqual([]);
    for (const loser of outcomes.filter((outcome) => outcome !== winner)) {
      expect(loser).toEqual({ entry: winner.entry, userErrors: [{ code: 'CONFLICT', message: 'expectedVersion must be the current version 1, was 0', field: ['input', 'expectedVersion'], retryable: false }] });
    }
  });

  it('counts without gaps however many write at once', async () => {
    const name = 'key: "flags.counted", scope: GLOBAL';
    const climb = async () => {
      for (let version = 0, done = 0; done < 5; ) {
        const { entry, userErrors } = await config.set(`${name}, value: "{\\"enabled\\":true,\\"rolloutPercent\\":1}", expectedVersion: ${version}`);
        version = entry.version;
        done += userErrors.length === 0 ? 1 : 0;
      }
    };
    await Promise.all(Array.from({ length: 4 }, climb));
    const [entry] = await config.entity('{ __typename: "ConfigEntry", id: "GLOBAL::flags.counted" }', '... on ConfigEntry { history(first: 500) { version } }');
    expect(entry.history.map((each: { version: number }) => each.version)).toEqual(Array.from({ length: 20 }, (_, index) => 20 - index));
  });

  it('checks without changing', async () => {
    const [before] = await config.entity('{ __typename: "ConfigEntry", id: "SERVICE:data-ingestion:data-ingestion.simulated-rate" }', '... on ConfigEntry { id version value }');
    expect(await config.set(`${RATE}, value: "7", expectedVersion: ${before.version}, validateOnly: true`)).toEqual({ entry: before, userErrors: [] });
    expect((await config.set(`${RATE}, value: "0", expectedVersion: ${before.version}, validateOnly: true`)).userErrors[0].code).toBe('VALIDATION');
    expect((await config.set(`${RATE}, value: "7", expectedVersion: 99, validateOnly: true`)).userErrors[0].code).toBe('CONFLICT');
    expect(await config.entity('{ __typename: "ConfigEntry", id: "SERVICE:data-ingestion:data-ingestion.simulated-rate" }', '... on ConfigEntry { id version value }')).toEqual([before]);
  });

  it.each([
    ['an unknown key', 'key: "nothing", scope: GLOBAL, value: "1", expectedVersion: 0', 'NOT_FOUND', 'key must be one of configKeys, was "nothing"'],
    ['a scope the key has not', 'key: "user.theme", scope: GLOBAL, value: "1", expectedVersion: 0', 'VALIDATION', 'scope must be USER for user.theme, was "GLOBAL"'],
    ['a value against its schema', `${RATE}, value: "1001", expectedVersion: 1`, 'VALIDATION', 'value must be <= 1000, was 1001'],
    ['a secret against its schema', `${SEED}, value: "-4711", expectedVersion: 0`, 'VALIDATION', 'value must be >= 0, was a hidden value'],
  ])('refuses %s', async (_, input, code, message) => {
    expect(await config.set(input)).toMatchObject({ entry: null, userErrors: [{ code, message }] });
  });

  it('refuses to go back to what never was, or past what was not seen', async () => {
    expect((await config.rollBack('key: "data-ingestion.simulated-rate", toVersion: 99')).userErrors).toEqual([{ code: 'NOT_FOUND', message: 'toVersion must be a version of this entry, was 99' }]);
    expect((await config.rollBack('key: "data-ingestion.simulated-rate", toVersion: 1, expectedVersion: 5')).userErrors).toEqual([{ code: 'CONFLICT', message: 'expectedVersion must be the current version 1, was 5' }]);
    expect((await config.ask('{ configEntries(scope: SERVICE) { history(first: 501) { version } } }')).errors[0]).toMatchObject({ message: 'first must be 1..500, was 501', extensions: { code: 'VALIDATION' } });
  });
});

describe('a sensitive value', () => {
  it('is nowhere to be read: graph, tables, bus', async () => {
    const secret = '1234567891';
    const { entry, userErrors } = await config.set(`${SEED}, value: "${secret}", expectedVersion: 0`);
    expect([entry, userErrors]).toEqual([{ id: 'SERVICE:data-ingestion:data-ingestion.simulated-seed', version: 1, value: null }, []]);
    await config.set(`${SEED}, value: "2", expectedVersion: 1`);
    expect((await config.rollBack('key: "data-ingestion.simulated-seed", toVersion: 1')).entry).toMatchObject({ version: 3, value: null });
    const [read] = await config.entity('{ __typename: "ConfigEntry", id: "SERVICE:data-ingestion:data-ingestion.simulated-seed" }', '... on ConfigEntry { sensitive value history { value } }');
    expect(read).toEqual({ sensitive: true, value: null, history: [{ value: null }, { value: null }, { value: null }] });
    const everything = await rows('select v::text as row from config.versions v union all select o::text from config.outbox o union all select e::text from bus.events e');
    expect(everything.length).toBeGreaterThan(0);
    expect(everything.filter(({ row }) => row.includes(secret))).toEqual([]);
    expect(await rows("select count(*)::int as count from config.versions where key like '%seed' and sealed is not null and value is null")).toEqual([{ count: 3 }]);
  });
});

describe('a user', () => {
  it('sets preferences alone and sees them alone', async () => {
    expect((await config.set(`${THEME}, value: "\\"dark\\"", expectedVersion: 0`, ADA)).entry).toEqual({ id: 'USER:ada:user.theme', version: 1, value: '"dark"' });
    const own = [{ key: 'user.theme', value: '"dark"' }];
    const asked = '{ __typename: "User", id: "ada" }';
    expect(await config.entity(asked, '... on User { preferences { key value } }', ADA)).toEqual([{ preferences: own }]);
    expect((await config.ask('{ configEntries(scope: USER) { key value } }', ADA)).data.configEntries).toEqual(own);
    for (const viewer of [OPERATOR, user('eve', []), ANONYMOUS]) {
      expect(await config.entity(asked, '... on User { preferences { key } }', viewer)).toEqual([null]);
      expect(await config.entity('{ __typename: "ConfigEntry", id: "USER:ada:user.theme" }', '... on ConfigEntry { value }', viewer)).toEqual([null]);
    }
    expect(await config.entity(asked, '... on User { preferences { key } flag(key: "new-risk-panel") }', user('root', ['user:read']))).toEqual([{ preferences: null, flag: false }]);
    expect((await config.ask('{ configEntries(scope: USER, scopeId: "ada") { key } }', OPERATOR)).errors[0].extensions.code).toBe('FORBIDDEN');
    expect(await config.set(`${THEME}, scopeId: "ada", value: "\\"light\\"", expectedVersion: 1`, OPERATOR)).toMatchObject({ entry: null, userErrors: [{ code: 'FORBIDDEN' }] });
    expect((await config.rollBack('key: "user.theme", scopeId: "ada", toVersion: 1', OPERATOR)).userErrors[0].code).toBe('FORBIDDEN');
  });

  it('cannot be redecorated by an API key made for something else', async () => {
    const key = { kind: 'api-key', userId: 'ada', roles: [], scopes: ['orders:write'] } as const;
    expect((await config.set(`${THEME}, value: "\\"light\\"", expectedVersion: 1`, key)).userErrors[0].code).toBe('FORBIDDEN');
  });

  it.each([
    ['reading services', '{ configEntries(scope: SERVICE) { key } }', ADA, 'FORBIDDEN'],
    ['reading all', '{ configEntries(scope: GLOBAL) { key } }', ANONYMOUS, 'UNAUTHENTICATED'],
    ['reading flags', '{ featureFlags { key } }', ADA, 'FORBIDDEN'],
    ['setting flags', 'mutation { setFeatureFlag(input: { key: "x", enabled: true }) { flag { key } } }', READER, 'FORBIDDEN'],
    ['setting anything', `mutation { setConfig(input: { ${THEME}, value: "1", expectedVersion: 0 }) { entry { id } } }`, ANONYMOUS, 'UNAUTHENTICATED'],
    ['known keys', '{ configKeys { key } }', ANONYMOUS, 'UNAUTHENTICATED'],
  ])('needs the right to %s', async (_, query, viewer, code) => {
    expect((await config.ask(query, viewer)).errors[0].extensions.code).toBe(code);
  });

  it('needs config:write to change what is not the own', async () => {
    expect(await config.set(`${RATE}, value: "5", expectedVersion: 1`, READER)).toMatchObject({ entry: null, userErrors: [{ code: 'FORBIDDEN', message: 'scope config:write is required' }] });
    expect((await config.rollBack('key: "data-ingestion.simulated-rate", toVersion: 1', READER)).userErrors[0].code).toBe('FORBIDDEN');
  });

  it('finds every key with its schema', async () => {
    const { data } = await config.ask('{ configKeys { key scopes schema default sensitive appliedBy } }', ADA);
    expect(data.configKeys).toContainEqual({ key: 'core-engine.stale-after-seconds', scopes: ['SERVICE'], schema: '{"type":"integer","minimum":1,"maximum":3600}', default: '30', sensitive: false, appliedBy: ['core-engine'] });
  });
});

describe('a feature flag', () => {
  const flagsOf = (userIds: readonly string[], key: string, viewer = user('root', ['user:read'])) =>
    config.entity(userIds.map((id) => `{ __typename: "User", id: "${id}" }`).join(' '), `... on User { flag(key: "${key}") }`, viewer);

  it('is there from the start, on for half of the users', async () => {
    const { data } = await config.ask('{ featureFlags { key enabled rolloutPercent version } }', READER);
    expect(data.featureFlags).toContainEqual({ key: 'new-risk-panel', enabled: true, rolloutPercent: 50, version: 1 });
    const answers = await flagsOf(Array.from({ length: 400 }, (_, index) => `u${index}`), 'new-risk-panel');
    const on = answers.filter((answer: { flag: boolean }) => answer.flag).length;
    expect(on).toBeGreaterThan(140);
    expect(on).toBeLessThan(260);
    expect(await flagsOf(['ada'], 'new-risk-panel', ADA)).toEqual([{ flag: false }]);
    expect(await flagsOf(['bob'], 'new-risk-panel', user('bob', []))).toEqual([{ flag: true }]);
  });

  it('is changed, versioned, rolled back', async () => {
    const set = async (input: string) => (await config.ask(`mutation { setFeatureFlag(input: { key: "beta", ${input} }) { flag { key enabled rolloutPercent version } userErrors { code message } } }`)).data.setFeatureFlag;
    expect(await set('enabled: true')).toEqual({ flag: { key: 'beta', enabled: true, rolloutPercent: 100, version: 1 }, userErrors: [] });
    expect(await flagsOf(['ada'], 'beta', ADA)).toEqual([{ flag: true }]);
    expect((await set('enabled: false, rolloutPercent: 10')).flag).toEqual({ key: 'beta', enabled: false, rolloutPercent: 10, version: 2 });
    expect(await flagsOf(['ada'], 'beta', ADA)).toEqual([{ flag: false }]);
    expect(await set('enabled: true, expectedVersion: 1')).toEqual({ flag: { key: 'beta', enabled: false, rolloutPercent: 10, version: 2 }, userErrors: [{ code: 'CONFLICT', message: 'expectedVersion must be the current version 2, was 1' }] });
    expect((await set('enabled: true, rolloutPercent: 101')).userErrors[0].code).toBe('VALIDATION');
    expect((await config.rollBack('key: "flags.beta", toVersion: 1')).entry.version).toBe(3);
    expect(await config.entity('{ __typename: "FeatureFlag", key: "beta" }', '... on FeatureFlag { enabled rolloutPercent version }')).toEqual([{ enabled: true, rolloutPercent: 100, version: 3 }]);
    expect(await config.entity('{ __typename: "FeatureFlag", key: "beta" }', '... on FeatureFlag { enabled }', ADA)).toEqual([null]);
  });

  it('that nobody has made is off', async () => {
    expect(await flagsOf(['ada'], 'no such flag \\u0000', ADA)).toEqual([{ flag: false }]);
    expect((await config.ask('mutation { setFeatureFlag(input: { key: "No Good", enabled: true }) { userErrors { message } } }')).data.setFeatureFlag.userErrors).toEqual([{ message: 'key must be 1..60 of a-z, 0-9 and inner dashes, was "No Good"' }]);
  });
});

describe('configChanged', () => {
  it('goes on behind a cursor: what was missed first, then what comes, nothing twice', async () => {
    await config.set(`key: "platform.log-level", scope: GLOBAL, value: "\\"info\\"", expectedVersion: 0`);
    const { data } = await config.ask('{ configEntries(scope: GLOBAL) { key cursor } }');
    const cursor = data.configEntries.find((entry: { key: string }) => entry.key === 'platform.log-level').cursor;
    const set = (version: number) => config.set(`key: "platform.log-level", scope: GLOBAL, value: "\\"debug\\"", expectedVersion: ${version}`);
    await set(1);
    await using subscriber = config.subscriber();
    const first = subscriber.changes(`prefix: "platform.", after: "${cursor}"`);
    const missed = await next(first);
    expect(missed).toMatchObject({ key: 'platform.log-level', scope: 'GLOBAL', scopeId: null, version: 2, value: '"debug"', sensitive: false });
    await set(2);
    expect((await next(first)).version).toBe(3);
    await first.return?.();
    await set(3);
    await config.set(`${RATE}, value: "9", expectedVersion: 1`); // not of the prefix
    await set(4);
    await using again = config.subscriber();
    const second = again.changes(`prefix: "platform.", after: "${missed.cursor}"`);
    expect([(await next(second)).version, (await next(second)).version, (await next(second)).version]).toEqual([3, 4, 5]);
  });

  it('shows a user the own preferences and nothing else', async () => {
    const start = (await config.ask('{ configEntries(scope: USER) { cursor } }', ADA)).data.configEntries[0].cursor;
    await config.set(`${THEME}, value: "\\"light\\"", expectedVersion: 0`, user('bob', []));
    await config.set(`key: "platform.log-level", scope: SERVICE, scopeId: "core-engine", value: "\\"info\\"", expectedVersion: 0`);
    await config.set(`${THEME}, value: "\\"light\\"", expectedVersion: 1`, ADA);
    await using subscriber = config.subscriber(ADA);
    expect(await next(subscriber.changes(`after: "${start}"`))).toMatchObject({ key: 'user.theme', scopeId: 'ada', version: 2 });
  });

  it.each([
    ['an anonymous viewer', '', ANONYMOUS, 'sign in first'],
    ['a cursor that is none', 'after: "x"', ADA, 'after must be the cursor of an entry, was "x"'],
    ['a cursor from ahead', `after: "${Buffer.from('config-change:999999').toString('base64url')}"`, ADA, 'after must be the cursor of a change that was made'],
  ])('refuses %s', async (_, args, viewer, message) => {
    await using subscriber = config.subscriber(viewer);
    const outcome = await subscriber.changes(args || 'prefix: ""').next().then(({ value }) => value?.errors, (error) => error);
    expect(JSON.stringify(outcome)).toContain(message.replaceAll('"', '\\"'));
  });
});

async function next(changes: AsyncIterator<{ data?: { configChanged?: unknown } | null }>) {
  const { value } = await changes.next();
  if (!value?.data?.configChanged) throw new Error(JSON.stringify(value));
  return value.data.configChanged as { readonly version: number; readonly cursor: string };
}

async function rows(statement: string): Promise<{ readonly row: string }[]> {
  const client = new pg.Client(config.databaseUrl);
  await client.connect();
  const found = await client.query(statement);
  await client.end();
  return found.rows;
}
