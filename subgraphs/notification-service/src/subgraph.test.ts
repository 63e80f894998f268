// The whole room against a real engine and a real PostgreSQL: what a user does through the graph and what the stream does
// to it.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@mib/service/viewer';
import { startEngine, type EngineProcess } from '@mib/testkit/engine-process';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import pg from 'pg';
import { ANONYMOUS, RunningRoom, user, type Answer } from './testing/running-room.ts';

let database: TestDatabase;
let engine: EngineProcess;
let room: RunningRoom;
let people = 0;

beforeAll(async () => {
  [database, engine] = await Promise.all([testDatabase(), startEngine()]);
  room = await RunningRoom.open({ database, engine });
  // The service knows an instrument once its registration has come through the stream.
  while ((await createRule(user('scout'), { name: 'scout', instrumentId: 'NDX.XSIM' })).userErrors[0]?.code === 'NOT_FOUND');
});
afterAll(async () => room[Symbol.asyncDispose]());

const newUser = (): Viewer => user(`user-${++people}`);
const idOf = (viewer: Viewer): string => (viewer.kind === 'anonymous' ? '' : viewer.userId);

const CREATE = 'mutation ($input: AlertRuleInput!) { createAlertRule(input: $input) { rule { id name instrument { id } cooldownSeconds enabled lastFiredAt condition { __typename ... on PriceCross { direction price } ... on PercentMove { percent windowSeconds } } } userErrors { code message field retryable } } }';

async function createRule(viewer: Viewer, input: object) {
  const { data, errors } = await room.ask(viewer, CREATE, { input: { instrumentId: 'SPX.XSIM', ...('percentMove' in input ? {} : { priceCross: { direction: 'ABOVE', price: '100.00' } }), cooldownSeconds: 3_600, name: 'rule', ...input } });
  if (errors) throw new Error(errors[0].message);
  return data.createAlertRule;
}

/** What the service adds to the viewer. */
async function me(viewer: Viewer, fields: string): Promise<Answer> {
  return room.ask(viewer, `query ($id: ID!) { _entities(representations: [{ __typename: "User", id: $id }]) { ... on User { ${fields} } } }`, { id: idOf(viewer) });
}

async function latestCursor(viewer: Viewer): Promise<string> {
  return (await me(viewer, 'notifications { latestCursor }')).data._entities[0].notifications.latestCursor;
}

const titles = (answers: readonly Answer[]) => answers.map(({ data, errors }) => errors ?? data.notificationReceived.title);

describe('a price-cross rule', () => {
  it('fires once per cooldown on the stream and says so in every place', async () => {
    const viewer = newUser();
    const { rule } = await createRule(viewer, { name: 'up' });
    expect(rule).toMatchObject({ name: 'up', instrument: { id: 'SPX.XSIM' }, cooldownSeconds: 3_600, enabled: true, lastFiredAt: null, condition: { __typename: 'PriceCross', direction: 'ABOVE', price: '100.00' } });
    await createRule(viewer, { name: 'down', priceCross: { direction: 'BELOW', price: '50.00' } });
    const begin = await latestCursor(viewer);
    await room.trade('SPX.XSIM', 101, 99, 100, 99, 100, 99.99, 105, 49);
    const both = await room.received(viewer, begin, 2);
    expect(titles(both)).toEqual(['SPX.XSIM crossed above 100.00', 'SPX.XSIM crossed below 50.00']);
    expect(both[0]!.data.notificationReceived).toMatchObject({ severity: 'INFO', rule: { name: 'up' }, instrument: { id: 'SPX.XSIM' }, body: expect.stringContaining('up: traded at 100.00 at ') });
    const { data } = await me(viewer, 'notifications(first: 1, unreadOnly: true) { unreadCount latestCursor pageInfo { hasNextPage } edges { cursor node { id title cursor readAt createdAt } } } alertRules { name lastFiredAt }');
    const { notifications, alertRules } = data._entities[0];
    expect(notifications).toMatchObject({ unreadCount: 2, pageInfo: { hasNextPage: true }, edges: [{ node: { title: 'SPX.XSIM crossed below 50.00', readAt: null } }] });
    expect(notifications.latestCursor).toBe(notifications.edges[0].cursor);
    expect(alertRules).toEqual([{ name: 'up', lastFiredAt: both[0]!.data.notificationReceived.createdAt }, { name: 'down', lastFiredAt: both[1]!.data.notificationReceived.createdAt }]);
  });

  it('fires again as soon as its cooldown has passed in the time of the trades', async () => {
    const viewer = newUser();
    await createRule(viewer, { cooldownSeconds: 1 });
    const begin = await latestCursor(viewer);
    let waiting = true;
    const heard = room.received(viewer, begin, 2).finally(() => (waiting = false));
    while (waiting) await room.trade('SPX.XSIM', 99, 101);
    const [first, second] = (await heard).map(({ data }) => Date.parse(data.notificationReceived.createdAt));
    expect(second! - first!).toBeGreaterThanOrEqual(999);
    expect(second! - first!).toBeLessThan(10_000);
  });

  it('begins behind its creation, pauses while disabled and begins anew when enabled', async () => {
    const viewer = newUser();
    await room.trade('SPX.XSIM', 99);
    const { rule } = await createRule(viewer, {});
    const begin = await latestCursor(viewer);
    const update = async (change: object) => (await room.ask(viewer, 'mutation ($input: UpdateAlertRuleInput!) { updateAlertRule(input: $input) { rule { enabled cooldownSeconds } userErrors { code field } } }', { input: { id: rule.id, ...change } })).data.updateAlertRule;
    // The trade at 99 lies before the rule, so 101 only arms it.
    await room.trade('SPX.XSIM', 101, 99);
    expect(await update({ enabled: false, cooldownSeconds: 7 })).toEqual({ rule: { enabled: false, cooldownSeconds: 7 }, userErrors: [] });
    await room.trade('SPX.XSIM', 101, 99, 101, 99);
    expect(await update({ enabled: true })).toEqual({ rule: { enabled: true, cooldownSeconds: 7 }, userErrors: [] });
    await room.trade('SPX.XSIM', 101, 99, 102);
    const [only] = await room.received(viewer, begin, 1);
    expect(only!.data.notificationReceived.body).toContain('traded at 102.00');
    expect(await update({ cooldownSeconds: 0 })).toMatchObject({ userErrors: [{ code: 'VALIDATION', field: ['input', 'cooldownSeconds'] }] });
  });

  it('misses and repeats nothing while the service is away', async () => {
    const viewer = newUser();
    const begin = await latestCursor(viewer);
    await createRule(viewer, {});
    await room.trade('SPX.XSIM', 99);
    await room.stopService();
    await room.trade('SPX.XSIM', 101, 99, 101);
    await room.startService();
    await createRule(viewer, { name: 'later' });
    await room.stopService();
    await room.startService();
    await room.trade('SPX.XSIM', 98, 103);
    const two = await room.received(viewer, begin, 2);
    expect(two.map(({ data }) => [data.notificationReceived.rule.name, data.notificationReceived.body.match(/at ([\d.]+) at/)[1]])).toEqual([['rule', '101.00'], ['later', '103.00']]);
  });
});

describe('a percent-move rule', () => {
  it('fires on the stream', async () => {
    const viewer = newUser();
    expect((await createRule(viewer, { percentMove: { percent: '2.5', windowSeconds: 600 } })).rule.condition).toEqual({ __typename: 'PercentMove', percent: '2.50', windowSeconds: 600 });
    const begin = await latestCursor(viewer);
    await room.trade('SPX.XSIM', 200, 204.99, 195);
    const [only] = await room.received(viewer, begin, 1);
    expect(only!.data.notificationReceived).toMatchObject({ title: 'SPX.XSIM moved 2.50% within 600 s', body: expect.stringContaining('traded at 195.00') });
  });
});

describe('risk.alerts', () => {
  it('become notifications of the owner, once each, whatever else stands in the topic', async () => {
    const viewer = newUser();
    const alert = (id: string, level: string) => ({ key: 'acc_1', value: JSON.stringify({ id, accountId: 'acc_1', userId: idOf(viewer), level, metric: 'GROSS_EXPOSURE', observed: '1200.50', limit: '1000', at: '2026-11-22T14:00:00.5Z' }) });
    const begin = await latestCursor(viewer);
    await room.bus.publish('risk.alerts', [alert('a1', 'HIGH'), { key: 'acc_1', value: 'no alert' }, alert('a1', 'HIGH'), alert('a2', 'CRITICAL')]);
    const both = await room.received(viewer, begin, 2);
    expect(both.map(({ data }) => data.notificationReceived)).toMatchObject([
      { severity: 'ERROR', title: 'Risk HIGH: GROSS_EXPOSURE', body: 'Account acc_1: GROSS_EXPOSURE is 1200.50, the limit is 1000.', createdAt: '2026-11-22T14:00:00.500Z', rule: null, instrument: null },
      { severity: 'CRITICAL', title: 'Risk CRITICAL: GROSS_EXPOSURE' },
    ]);
  });
});

/** Publishes risk alerts `from..to` of the viewer; their titles carry the number. */
async function publishAlerts(viewer: Viewer, from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number++) {
    await room.bus.publish('risk.alerts', [{ key: idOf(viewer), value: JSON.stringify({ id: `${idOf(viewer)}-${number}`, accountId: 'acc', userId: idOf(viewer), level: 'LOW', metric: String(number), observed: '1', limit: '1', at: '2026-11-22T14:00:00Z' }) }]);
  }
}

const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `Risk LOW: ${from + index}`);

describe('notificationReceived', () => {
  it('continues exactly with 6..20 after the socket was dropped at the fifth', async () => {
    const viewer = newUser();
    const begin = await latestCursor(viewer);
    const publishing = publishAlerts(viewer, 1, 20);
    const five = await room.received(viewer, begin, 5);
    const rest = await room.received(viewer, five[4]!.data.notificationReceived.cursor, 15);
    await publishing;
    expect(titles(five)).toEqual(numbered(1, 5));
    expect(titles(rest)).toEqual(numbered(6, 20));
    expect(await room.received(viewer, begin, 20)).toEqual([...five, ...rest]);
  });

  it('begins now without a cursor', async () => {
    const viewer = newUser();
    await publishAlerts(viewer, 1, 1);
    await room.received(viewer, Buffer.from('notification:0').toString('base64url'), 1);
    let waiting = true;
    const heard = room.received(viewer, null, 1).finally(() => (waiting = false));
    for (let number = 2; waiting; number++) await publishAlerts(viewer, number, number);
    expect(titles(await heard)).not.toEqual(numbered(1, 1));
  });

  it('goes on after the connection that wakes it was lost', async () => {
    const viewer = newUser();
    const begin = await latestCursor(viewer);
    const heard = room.received(viewer, begin, 2);
    await publishAlerts(viewer, 1, 1);
    await room.received(viewer, begin, 1);
    const client = new pg.Client(database.url);
    await client.connect();
    const { rowCount } = await client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'mib-notification-wake-ups' and datname = current_database()");
    await client.end();
    expect(rowCount).toBe(1);
    await publishAlerts(viewer, 2, 2);
    expect(titles(await heard)).toEqual(numbered(1, 2));
  });

  it('refuses strangers, other texts and cursors from ahead', async () => {
    const viewer = newUser();
    const code = async (whom: Viewer, after: string | null) => JSON.stringify((await room.received(whom, after, 1))[0]!.errors);
    expect(await code(ANONYMOUS, null)).toContain('UNAUTHENTICATED');
    expect(await code(viewer, 'nonsense')).toContain('after must be a cursor of notifications');
    expect(await code(viewer, Buffer.from('notification:7').toString('base64url'))).toContain('after must be a cursor of a notification that was made');
  });
});

describe('notifications', () => {
  it('come in pages, newest first, and are marked as read once', async () => {
    const viewer = newUser();
    const begin = await latestCursor(viewer);
    await publishAlerts(viewer, 1, 5);
    const ids = (await room.received(viewer, begin, 5)).map(({ data }) => data.notificationReceived.id as string);
    const page = async (args: string) => (await me(viewer, `notifications(${args}) { unreadCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { node { id } } }`)).data._entities[0].notifications;
    const first = await page('first: 3');
    const second = await page(`first: 3, after: "${first.pageInfo.endCursor}"`);
    expect([...first.edges, ...second.edges].map(({ node }) => node.id)).toEqual([...ids].reverse());
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage, second.pageInfo.hasPreviousPage]).toEqual([true, false, true]);
    const mark = async (whom: Viewer, which: readonly string[]) => (await room.ask(whom, 'mutation ($ids: [ID!]!) { markNotificationsRead(ids: $ids) { count userErrors { code message } } }', { ids: which })).data.markNotificationsRead;
    expect(await mark(newUser(), ids)).toEqual({ count: 0, userErrors: [] });
    expect(await mark(viewer, [...ids.slice(0, 2), ids[0]!, 'nonsense'])).toEqual({ count: 2, userErrors: [] });
    expect(await mark(viewer, ids.slice(0, 3))).toEqual({ count: 1, userErrors: [] });
    expect((await mark(viewer, [])).userErrors).toEqual([{ code: 'VALIDATION', message: 'ids must be 1..500 ids, were 0' }]);
    const unread = await page('unreadOnly: true');
    expect([unread.unreadCount, unread.edges.map((edge: { node: { id: string } }) => edge.node.id)]).toEqual([2, [ids[4], ids[3]]]);
    expect((await me(viewer, 'notifications(first: 501) { unreadCount }')).errors[0]).toMatchObject({ message: 'first must be 1..500, was 501', extensions: { code: 'VALIDATION' } });
  });

  it('are announced on the bus with what they say', async () => {
    const viewer = newUser();
    const heard: unknown[] = [];
    let done: () => void = () => undefined;
    const complete = new Promise<void>((resolve) => (done = resolve));
    await using subscription = room.bus.subscribe({ topics: ['notifications.created'], group: 'test', from: 'earliest', handle: async (records) => {
      heard.push(...records.filter((record) => record.key === idOf(viewer)).map((record) => JSON.parse(record.value)));
      if (heard.length === 2) done();
    } });
    await subscription.ready;
    await publishAlerts(viewer, 1, 2);
    await complete;
    expect(heard).toMatchObject([{ userId: idOf(viewer), number: 1, title: 'Risk LOW: 1', severity: 'INFO', ruleId: null }, { number: 2, title: 'Risk LOW: 2' }]);
  });
});

describe('ownership', () => {
  it('keeps rules and notifications from everybody else', async () => {
    const [mine, other] = [newUser(), newUser()];
    const { rule } = await createRule(mine, {});
    const begin = await latestCursor(mine);
    await publishAlerts(mine, 1, 1);
    const [{ data: { notificationReceived: { id } } }] = (await room.received(mine, begin, 1)) as [Answer];
    const query = `query ($user: ID!, $rule: ID!, $note: ID!) { _entities(representations: [{ __typename: "User", id: $user }, { __typename: "AlertRule", id: $rule }, { __typename: "Notification", id: $note }, { __typename: "Instrument", id: "SPX.XSIM" }]) {
      __typename ... on User { alertRules { name } notifications { unreadCount } } ... on AlertRule { name } ... on Notification { title } ... on Instrument { alertRules { name } } } }`;
    const variables = { user: idOf(mine), rule: rule.id, note: id };
    expect((await room.ask(mine, query, variables)).data._entities).toEqual([
      { __typename: 'User', alertRules: [{ name: 'rule' }], notifications: { unreadCount: 1 } }, { __typename: 'AlertRule', name: 'rule' },
      { __typename: 'Notification', title: 'Risk LOW: 1' }, { __typename: 'Instrument', alertRules: [{ name: 'rule' }] },
    ]);
    expect((await room.ask(other, query, variables)).data._entities).toEqual([null, null, null, { __typename: 'Instrument', alertRules: [] }]);
    const nobody = await room.ask(ANONYMOUS, query, variables);
    expect(nobody.data._entities).toEqual([null, null, null, { __typename: 'Instrument', alertRules: null }]);
    expect(nobody.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    for (const mutation of ['deleteAlertRule(id: $id)', 'updateAlertRule(input: { id: $id, enabled: false })']) {
      const { data } = await room.ask(other, `mutation ($id: ID!) { it: ${mutation} { rule { id } userErrors { code } } }`, { id: rule.id });
      expect(data.it).toEqual({ rule: null, userErrors: [{ code: 'NOT_FOUND' }] });
    }
    expect((await room.ask(mine, 'query ($id: ID!) { alertRule(id: $id) { enabled } }', { id: rule.id })).data.alertRule).toEqual({ enabled: true });
    expect((await room.ask(other, 'query ($id: ID!) { alertRule(id: $id) { enabled } }', { id: rule.id })).data.alertRule).toBeNull();
  });

  it.each(['createAlertRule(input: { name: "x", instrumentId: "SPX.XSIM" }) { rule { id } }', 'updateAlertRule(input: { id: "x" }) { rule { id } }', 'deleteAlertRule(id: "x") { rule { id } }', 'markNotificationsRead(ids: ["x"]) { count }'])('needs alert:write for %s', async (mutation) => {
    expect((await room.ask(user('key', []), `mutation { ${mutation} }`)).errors[0]).toMatchObject({ message: 'scope alert:write is required', extensions: { code: 'FORBIDDEN' } });
    expect((await room.ask(ANONYMOUS, `mutation { ${mutation} }`)).errors[0].extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('bad input', () => {
  it.each<[object, string, string, readonly string[]]>([
    [{ name: ' ' }, 'VALIDATION', 'name must have 1..60 characters, had 0', ['input', 'name']],
    [{ cooldownSeconds: 0 }, 'VALIDATION', 'cooldownSeconds must be 1..2592000, was 0', ['input', 'cooldownSeconds']],
    [{ instrumentId: 'NO.WHERE' }, 'NOT_FOUND', 'instrumentId must be a tradable instrument, was "NO.WHERE"', ['input', 'instrumentId']],
    [{ priceCross: { direction: 'ABOVE', price: '1.001' } }, 'VALIDATION', 'price must be a multiple of 0.01', ['input', 'priceCross', 'price']],
    [{ priceCross: null }, 'VALIDATION', 'exactly one of priceCross and percentMove must be given, none was', ['input']],
  ])('is refused as data: %j', async (input, code, message, field) => {
    expect(await createRule(newUser(), input)).toMatchObject({ rule: null, userErrors: [{ code, message: expect.stringContaining(message), field, retryable: false }] });
  });

  it('names are unique and rules bounded, however many requests come at once', async () => {
    const viewer = newUser();
    const answers = await Promise.all(Array.from({ length: 23 }, (_, index) => createRule(viewer, { name: `r${index}` })));
    expect(answers.filter((answer) => answer.rule).length).toBe(20);
    expect(answers.filter((answer) => answer.userErrors[0]?.message === 'a user has on SPX.XSIM at most 20 rules, were 20').length).toBe(3);
    expect((await createRule(viewer, { name: 'r0', instrumentId: 'NDX.XSIM' })).userErrors).toMatchObject([{ code: 'CONFLICT', field: ['input', 'name'] }]);
    const { data } = await room.ask(viewer, 'mutation ($id: ID!) { deleteAlertRule(id: $id) { rule { name } userErrors { code } } }', { id: answers.find((answer) => answer.rule)!.rule.id });
    expect(data.deleteAlertRule.userErrors).toEqual([]);
  });
});

describe('without the engine', () => {
  it('creates no rule, since it would have no place to begin, and still answers everything else', async () => {
    const viewer = newUser();
    const { rule } = await createRule(viewer, {});
    await engine.kill('SIGKILL');
    expect(await createRule(viewer, { name: 'late' })).toMatchObject({ rule: null, userErrors: [{ code: 'UNAVAILABLE', retryable: true }] });
    const { data } = await room.ask(viewer, 'mutation ($id: ID!) { updateAlertRule(input: { id: $id, cooldownSeconds: 60 }) { rule { cooldownSeconds } } }', { id: rule.id });
    expect(data.updateAlertRule.rule).toEqual({ cooldownSeconds: 60 });
    expect((await me(viewer, 'alertRules { name }')).data._entities).toEqual([{ alertRules: [{ name: 'rule' }] }]);
  });
});
