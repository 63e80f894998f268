import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase } from '@mib/testkit/test-database';
import { LOGIN, PASSWORD, runAuth, viewerOf, type RunningAuth } from './test-support/running-auth.ts';

const ADMIN = viewerOf('usr_admin', ['admin']);
const INTEGRITY = '{ auditIntegrity { intact entries firstBroken } }';
const LOG = `query ($first: Int, $after: String, $actor: ID, $action: String) { auditLog(first: $first, after: $after, actor: $actor, action: $action) {
  edges { cursor node { sequence action target actor { id } hash previousHash } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;

let auth: RunningAuth;
beforeAll(async () => void (auth = await runAuth(await testDatabase())));
afterAll(async () => await auth[Symbol.asyncDispose]());

describe('audit log', () => {
  it('records sign-ins, good and bad, as an unbroken chain, also when many happen at once', async () => {
    const person = await auth.registerPerson();
    await Promise.all(Array.from({ length: 10 }, (_, i) => auth.ask(LOGIN, { input: { email: person.email, password: i % 2 ? PASSWORD : 'wrong horse battery' } })));
    const { data } = await auth.ask(LOG, { first: 500 }, ADMIN);
    const nodes = data.auditLog.edges.map(({ node }: { node: object }) => node);
    expect(nodes.map(({ sequence }: { sequence: number }) => sequence)).toEqual(nodes.map((_: object, i: number) => nodes.length - i));
    expect(nodes.filter(({ action }: { action: string }) => action === 'login.failed')).toHaveLength(5);
    expect(nodes.at(-1)).toMatchObject({ action: 'signing-key.created', previousHash: '0'.repeat(64) });
    expect(nodes[0].previousHash).toBe(nodes[1].hash);
    expect((await auth.ask(INTEGRITY, {}, ADMIN)).data.auditIntegrity).toEqual({ intact: true, entries: nodes.length, firstBroken: null });
  });

  it('pages without gap or repeat, and filters', async () => {
    const person = await auth.registerPerson();
    const sequences: number[] = [];
    let after: string | undefined;
    do {
      const { auditLog } = (await auth.ask(LOG, { first: 3, after }, ADMIN)).data;
      sequences.push(...auditLog.edges.map(({ node }: { node: { sequence: number } }) => node.sequence));
      after = auditLog.pageInfo.hasNextPage ? auditLog.pageInfo.endCursor : undefined;
    } while (after);
    expect(sequences).toEqual(Array.from({ length: sequences[0]! }, (_, i) => sequences[0]! - i));
    const { edges } = (await auth.ask(LOG, { actor: person.userId, action: 'user.registered' }, ADMIN)).data.auditLog;
    expect(edges).toMatchObject([{ node: { action: 'user.registered', target: person.userId, actor: { id: person.userId } } }]);
  });

  it.each([
    [{ first: 0 }, 'first must be 1..500, was 0'],
    [{ first: 501 }, 'first must be 1..500, was 501'],
    [{ after: 'x' }, 'after must be a cursor of this list, was "x"'],
  ])('refuses %j', async (variables, message) => {
    expect((await auth.ask(LOG, variables, ADMIN)).errors).toMatchObject([{ message, extensions: { code: 'VALIDATION' } }]);
  });

  it('shows where somebody changed it', async () => {
    await auth.sql(`update auth.audit_log set action = 'login.succeeded' where sequence = (select min(sequence) from auth.audit_log where action = 'login.failed')`);
    const { auditIntegrity } = (await auth.ask(INTEGRITY, {}, ADMIN)).data;
    expect(auditIntegrity).toMatchObject({ intact: false, firstBroken: expect.any(Number) });
  });
});
