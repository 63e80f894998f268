import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase } from '@mib/testkit/test-database';
import type { Viewer } from '@mib/service/viewer';
import { LOGIN, runAuth, viewerOf, type Person, type RunningAuth } from './test-support/running-auth.ts';

const DEMO = { email: 'demo@example.com', password: 'a demo password' };
const ENTITIES = 'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { id email } ... on ApiKey { id prefix } ... on Role { id permissions } } }';
const ASSIGN = 'mutation ($input: AssignRoleInput!) { assignRole(input: $input) { user { id roles { id } } userErrors { code } } }';
const REMOVE = ASSIGN.replace('assignRole', 'removeRole');

let auth: RunningAuth;
let owner: Person;
let stranger: Person;
let admin: Viewer;
let adminId: string;
let keyId: string;
beforeAll(async () => {
  auth = await runAuth(await testDatabase(), { MIB_DEMO_EMAIL: DEMO.email, MIB_DEMO_PASSWORD: DEMO.password });
  [owner, stranger] = await Promise.all([auth.registerPerson(), auth.registerPerson()]);
  adminId = (await auth.ask(LOGIN, { input: DEMO })).data.login.user.id;
  admin = viewerOf(adminId, ['admin']);
  const made = await auth.ask('mutation { createApiKey(input: { name: "k", scopes: ["account:read"] }) { apiKey { id } } }', {}, owner.viewer);
  keyId = made.data.createApiKey.apiKey.id;
});
afterAll(async () => await auth[Symbol.asyncDispose]());

describe('a user', () => {
  it('sees itself, and an admin sees everybody', async () => {
    const expected = [{ id: owner.userId, email: owner.email }];
    const representations = [{ __typename: 'User', id: owner.userId }];
    expect((await auth.ask(ENTITIES, { representations }, owner.viewer)).data._entities).toEqual(expected);
    expect((await auth.ask(ENTITIES, { representations }, admin)).data._entities).toEqual(expected);
    expect((await auth.ask('query ($id: ID!) { user(id: $id) { email } }', { id: owner.userId }, admin)).data.user).toEqual({ email: owner.email });
  });

  it('stays hidden from strangers and from the anonymous on every path', async () => {
    const representations = [{ __typename: 'User', id: owner.userId }, { __typename: 'ApiKey', id: keyId }, { __typename: 'User', id: 'usr_nobody' }];
    for (const viewer of [stranger.viewer, undefined]) {
      expect((await auth.ask(ENTITIES, { representations }, viewer)).data._entities).toEqual([null, null, null]);
    }
    const { data, errors } = await auth.ask('query ($id: ID!) { user(id: $id) { email } }', { id: owner.userId }, stranger.viewer);
    expect([data.user, errors?.[0]?.extensions?.code]).toEqual([null, 'FORBIDDEN']);
  });

  it('cannot revoke another user\'s key', async () => {
    const revoke = 'mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { id } userErrors { code } } }';
    expect((await auth.ask(revoke, { id: keyId }, stranger.viewer)).data.revokeApiKey).toEqual({ apiKey: null, userErrors: [{ code: 'NOT_FOUND' }] });
  });

  it('is resolved in one statement however many references there are', async () => {
    const representations = Array.from({ length: 200 }, (_, i) => ({ __typename: 'User', id: [owner.userId, stranger.userId, adminId][i % 3] }));
    const { data } = await auth.ask(ENTITIES, { representations }, admin);
    expect(data._entities.map(({ id }: { id: string }) => id)).toEqual(representations.map(({ id }) => id));
  });
});

describe('what needs a scope', () => {
  it.each([
    ['me', '{ me { id } }', undefined, 'UNAUTHENTICATED'],
    ['user', '{ user(id: "x") { id } }', 'trader', 'FORBIDDEN'],
    ['auditLog', '{ auditLog { edges { cursor } } }', 'operator', 'FORBIDDEN'],
    ['auditIntegrity', '{ auditIntegrity { intact } }', undefined, 'UNAUTHENTICATED'],
    ['createApiKey', 'mutation { createApiKey(input: { name: "k", scopes: ["account:read"] }) { secretOnce } }', undefined, 'UNAUTHENTICATED'],
    ['revokeApiKey', 'mutation { revokeApiKey(id: "x") { apiKey { id } } }', undefined, 'UNAUTHENTICATED'],
    ['assignRole', 'mutation { assignRole(input: { userId: "x", roleId: "admin" }) { user { id } } }', 'operator', 'FORBIDDEN'],
    ['removeRole', 'mutation { removeRole(input: { userId: "x", roleId: "admin" }) { user { id } } }', 'trader', 'FORBIDDEN'],
  ] as const)('%s is refused without it', async (_, query, role, code) => {
    const { errors } = await auth.ask(query, {}, role && viewerOf(stranger.userId, [role]));
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual([code]);
  });

  it('is refused with a forged statement', async () => {
    const response = await fetch(`${auth.origin}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-mib-viewer': 'e30.e30' }, body: '{"query":"{me{id}}"}' });
    expect(response.status).toBe(401);
  });
});

describe('roles', () => {
  it('are public, with what they inherit', async () => {
    const { data } = await auth.ask('{ roles { id inherits { id } permissions } }');
    expect(data.roles.map(({ id }: { id: string }) => id)).toEqual(['trader', 'operator', 'admin']);
    expect(data.roles[2].inherits).toEqual([{ id: 'operator' }]);
    expect(data.roles[1].permissions).toContain('orders:write');
  });

  it('are given and taken by an admin; doing it twice changes nothing', async () => {
    const input = { userId: stranger.userId, roleId: 'operator' };
    for (let i = 0; i < 2; i++) expect((await auth.ask(ASSIGN, { input }, admin)).data.assignRole).toEqual({ user: { id: stranger.userId, roles: [{ id: 'trader' }, { id: 'operator' }] }, userErrors: [] });
    for (let i = 0; i < 2; i++) expect((await auth.ask(REMOVE, { input }, admin)).data.removeRole).toEqual({ user: { id: stranger.userId, roles: [{ id: 'trader' }] }, userErrors: [] });
    const rows = await auth.sql(`select action from auth.audit_log where target = $1 order by sequence`, [`${stranger.userId} operator`]);
    expect(rows.map(({ action }) => action)).toEqual(['role.assigned', 'role.removed']);
  });

  it('leave at least one admin', async () => {
    const input = { userId: adminId, roleId: 'admin' };
    expect((await auth.ask(REMOVE, { input }, admin)).data.removeRole).toEqual({ user: null, userErrors: [{ code: 'CONFLICT' }] });
    expect(await auth.sql('select role_id from auth.user_roles where user_id = $1', [adminId])).toEqual([{ role_id: 'admin' }]);
  });

  it.each([
    [{ userId: 'usr_nobody', roleId: 'trader' }, 'NOT_FOUND'],
    [{ userId: 'usr_nobody', roleId: 'root' }, 'VALIDATION'],
  ])('%j is refused with %s', async (input, code) => {
    expect((await auth.ask(ASSIGN, { input }, admin)).data.assignRole).toEqual({ user: null, userErrors: [{ code }] });
  });
});
