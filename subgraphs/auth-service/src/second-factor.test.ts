import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase } from '@mib/testkit/test-database';
import { totpCode } from './domain/totp.ts';
import { PASSWORD, runAuth, type Person, type RunningAuth } from './test-support/running-auth.ts';

const STEP_MS = 30_000;
const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { __typename
  ... on SessionTokens { accessToken user { mfaEnabled } } ... on MfaRequired { challengeId methods expiresAt } ... on LoginFailed { userErrors { code message field } } } }`;

let auth: RunningAuth;
beforeAll(async () => void (auth = await runAuth(await testDatabase())));
afterAll(async () => await auth[Symbol.asyncDispose]());

interface Enrolled {
  readonly person: Person;
  readonly secret: string;
  readonly backupCodes: string[];
}

async function enrolled(): Promise<Enrolled> {
  const person = await auth.registerPerson();
  const secret = await enrol(person);
  const { confirmTotp } = await confirm(person, totpCode(secret, Date.now()));
  expect(confirmTotp).toMatchObject({ user: { mfaEnabled: true }, userErrors: [] });
  return { person, secret, backupCodes: confirmTotp.backupCodes };
}

async function enrol(person: Person): Promise<string> {
  const { data } = await auth.ask('mutation { enrollTotp { enrollment { otpauthUrl secret } userErrors { code } } }', {}, person.viewer);
  const { secret, otpauthUrl } = data.enrollTotp.enrollment;
  expect(new URL(otpauthUrl).searchParams.get('secret')).toBe(secret);
  return secret as string;
}

async function confirm(person: Person, code: string) {
  return (await auth.ask('mutation ($code: String!) { confirmTotp(code: $code) { backupCodes user { mfaEnabled } userErrors { code message } } }', { code }, person.viewer)).data;
}

async function login(person: Person, input: object = {}) {
  return (await auth.ask(LOGIN, { input: { email: person.email, password: PASSWORD, ...input } })).data.login;
}

const WRONG = { __typename: 'LoginFailed', userErrors: [{ code: 'FORBIDDEN', message: 'the code is wrong or was used before', field: ['totp'] }] };
const OVER = { __typename: 'LoginFailed', userErrors: [{ code: 'FORBIDDEN', message: 'the challenge is over; sign in again', field: ['challengeId'] }] };
/** The step after that of the confirmation, which the window takes already. */
const nextCode = (secret: string) => totpCode(secret, Date.now() + STEP_MS);

describe('the second factor', () => {
  it('is off until it is confirmed with a code', async () => {
    const person = await auth.registerPerson();
    expect((await confirm(person, '123456')).confirmTotp.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    const first = await enrol(person);
    const secret = await enrol(person);
    expect((await confirm(person, totpCode(first, Date.now()))).confirmTotp).toMatchObject({ backupCodes: [], user: null, userErrors: [{ code: 'FORBIDDEN' }] });
    expect(await login(person)).toMatchObject({ __typename: 'SessionTokens', user: { mfaEnabled: false } });
    const { confirmTotp } = await confirm(person, totpCode(secret, Date.now()));
    expect(new Set(confirmTotp.backupCodes).size).toBe(10);
    expect((await auth.ask('{ me { mfaEnabled } }', {}, person.viewer)).data.me).toEqual({ mfaEnabled: true });
    expect((await auth.ask('mutation { enrollTotp { enrollment { secret } userErrors { code } } }', {}, person.viewer)).data.enrollTotp).toEqual({ enrollment: null, userErrors: [{ code: 'CONFLICT' }] });
  });

  it('is asked for after the right password only, and answered within the challenge', async () => {
    const { person, secret } = await enrolled();
    expect(await login(person, { password: 'wrong horse battery', totp: nextCode(secret) })).toMatchObject({ __typename: 'LoginFailed', userErrors: [{ message: 'email or password is wrong' }] });
    const asked = await login(person);
    expect(asked).toEqual({ __typename: 'MfaRequired', challengeId: expect.stringMatching(/^[\w-]{43}$/), methods: ['TOTP', 'BACKUP_CODE'], expiresAt: expect.any(String) });
    expect(Date.parse(asked.expiresAt) - Date.now()).toBeLessThanOrEqual(300_000);
    const { challengeId } = asked;
    expect(await login(person, { challengeId, totp: '000000' })).toEqual(WRONG);
    expect(await login(person, { challengeId, totp: nextCode(secret) })).toMatchObject({ __typename: 'SessionTokens', user: { mfaEnabled: true } });
    expect(await login(person, { challengeId, totp: nextCode(secret) })).toEqual(OVER);
  });

  it('takes the code of a time step once, that of the confirmation included', async () => {
    const { person, secret } = await enrolled();
    const code = nextCode(secret);
    expect(await login(person, { totp: totpCode(secret, Date.now() - STEP_MS) })).toEqual(WRONG);
    const both = await Promise.all([login(person, { totp: code }), login(person, { totp: code })]);
    expect(both.map((answer) => answer.__typename).sort()).toEqual(['LoginFailed', 'SessionTokens']);
    expect(await login(person, { totp: code })).toEqual(WRONG);
  });

  it('takes each backup code once', async () => {
    const { person, backupCodes } = await enrolled();
    const { challengeId } = await login(person);
    expect(await login(person, { challengeId, totp: backupCodes[3]!.toUpperCase() })).toMatchObject({ __typename: 'SessionTokens' });
    expect(await login(person, { totp: backupCodes[3] })).toEqual(WRONG);
    expect(await login(person, { totp: backupCodes[4] })).toMatchObject({ __typename: 'SessionTokens' });
  });

  it('takes five tries a challenge, and only those of its user before its end', async () => {
    const { person, backupCodes } = await enrolled();
    const { challengeId } = await login(person);
    for (let attempt = 0; attempt < 5; attempt++) expect(await login(person, { challengeId, totp: '000000' })).toEqual(WRONG);
    expect(await login(person, { challengeId, totp: backupCodes[0] })).toEqual(OVER);
    const other = await enrolled();
    const { challengeId: foreign } = await login(other.person);
    expect(await login(person, { challengeId: foreign, totp: backupCodes[0] })).toEqual(OVER);
    const { challengeId: late } = await login(person);
    await auth.sql(`update auth.mfa_challenges set expires_at = now() where user_id = $1`, [person.userId]);
    expect(await login(person, { challengeId: late, totp: backupCodes[0] })).toEqual(OVER);
    expect(await login(person, { totp: backupCodes[0] })).toMatchObject({ __typename: 'SessionTokens' });
  });

  it('keeps at most five challenges of a user', async () => {
    const { person } = await enrolled();
    for (let count = 0; count < 7; count++) await login(person);
    expect(await auth.sql('select count(*)::int as n from auth.mfa_challenges where user_id = $1', [person.userId])).toEqual([{ n: 5 }]);
  });

  it('is rate limited, whatever the challenges', async () => {
    const { person } = await enrolled();
    const answers = [];
    for (let count = 0; count < 20; count++) answers.push(await login(person, { totp: '000000' }));
    expect(answers.at(-2)).toEqual(WRONG);
    expect(answers.at(-1).userErrors).toMatchObject([{ code: 'RATE_LIMITED' }]);
  });

  it('is turned off with a code, and gone without a trace', async () => {
    const { person, secret, backupCodes } = await enrolled();
    const disable = async (code: string) => (await auth.ask('mutation ($code: String!) { disableTotp(code: $code) { user { mfaEnabled } userErrors { code } } }', { code }, person.viewer)).data.disableTotp;
    expect(await disable('000000')).toEqual({ user: null, userErrors: [{ code: 'FORBIDDEN' }] });
    expect(await disable(backupCodes[9]!)).toEqual({ user: { mfaEnabled: false }, userErrors: [] });
    expect(await login(person)).toMatchObject({ __typename: 'SessionTokens' });
    expect(await disable(nextCode(secret))).toEqual({ user: null, userErrors: [{ code: 'NOT_FOUND' }] });
    for (const table of ['totp', 'backup_codes', 'mfa_challenges']) expect(await auth.sql(`select 1 from auth.${table} where user_id = $1`, [person.userId])).toEqual([]);
  });

  it('is not stored in a form that signs in', async () => {
    const { person, secret, backupCodes } = await enrolled();
    const [row] = await auth.sql('select sealed_secret, (select array_agg(hash) from auth.backup_codes where user_id = $1) as hashes from auth.totp where user_id = $1', [person.userId]);
    expect(row.sealed_secret.includes(secret)).toBe(false);
    expect(row.hashes.map((hash: Buffer) => hash.length)).toEqual(Array(10).fill(32));
    expect(Buffer.concat(row.hashes).toString('latin1')).not.toContain(backupCodes[0]);
  });

  it('is changed by people, not by API keys or nobody', async () => {
    const { person } = await enrolled();
    const disable = 'mutation { disableTotp(code: "123456") { userErrors { code } } }';
    expect((await auth.ask(disable)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect((await auth.ask(disable, {}, { ...person.viewer, kind: 'api-key' })).data.disableTotp.userErrors).toEqual([{ code: 'FORBIDDEN' }]);
  });
});
