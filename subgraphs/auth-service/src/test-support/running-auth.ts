// auth-service as its callers meet it: started on a fresh database, asked over HTTP with statements signed as the router
// signs them.

import { randomBytes } from 'node:crypto';
import { signViewer, type KnownViewer, type Viewer } from '@mib/service/viewer';
import pg from 'pg';
import { scopesOf, type RoleId } from '../domain/roles.ts';
import { start } from '../subgraph.ts';

export const SECRET = 'a secret of at least thirty-two characters';
export const PASSWORD = 'correct horse battery';

export interface Answer {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly data: any;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly string[]; readonly extensions?: { readonly code?: string } }[];
}

export interface Person {
  readonly email: string;
  readonly userId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly viewer: KnownViewer;
}

export interface RunningAuth extends AsyncDisposable {
  /** Without path. */
  readonly origin: string;
  ask(query: string, variables?: object, viewer?: Viewer): Promise<Answer>;
  registerPerson(): Promise<Person>;
  introspect(token: string, secret?: string): Promise<Response>;
  sql(text: string, values?: unknown[]): Promise<pg.QueryResult['rows']>;
}

/** @param database - a fresh one; dropped with the service. */
export async function runAuth(database: AsyncDisposable & { readonly url: string }, env: NodeJS.ProcessEnv = {}): Promise<RunningAuth> {
  const service = await start({ DATABASE_URL: database.url, MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'silent', ...env });
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  const { origin } = new URL(service.url);

  async function ask(query: string, variables: object = {}, viewer?: Viewer): Promise<Answer> {
    const headers = { 'content-type': 'application/json', ...(viewer && { 'x-mib-viewer': signViewer(viewer, SECRET, Date.now()) }) };
    const response = await fetch(service.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return (await response.json()) as Answer;
  }

  return {
    origin,
    ask,
    async registerPerson() {
      const email = `${randomBytes(6).toString('hex')}@example.com`;
      const { data, errors } = await ask(REGISTER, { input: { email, password: PASSWORD, displayName: 'Ada' } });
      if (!data?.register?.accessToken) throw new Error(JSON.stringify({ data, errors }));
      const { accessToken, refreshToken, user } = data.register;
      return { email, userId: user.id, accessToken, refreshToken, viewer: viewerOf(user.id, ['trader']) };
    },
    introspect: (token, secret = SECRET) => fetch(`${origin}/introspect`, { method: 'POST', headers: { 'x-mib-internal': secret }, body: new URLSearchParams({ token }) }),
    sql: async (text, values) => (await pool.query(text, values)).rows,
    async [Symbol.asyncDispose]() {
      await pool.end();
      await service[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

export function viewerOf(userId: string, roles: readonly RoleId[]): KnownViewer {
  return { kind: 'user', userId, roles, scopes: scopesOf(roles) };
}

export const REGISTER = `mutation ($input: RegisterInput!) { register(input: $input) {
  __typename
  ... on SessionTokens { accessToken refreshToken expiresAt user { id email displayName roles { id } permissions } }
  ... on LoginFailed { userErrors { code message field retryable } } } }`;
export const LOGIN = REGISTER.replace('RegisterInput', 'LoginInput').replace('register(', 'login(');
export const REFRESH = REGISTER.replace('RegisterInput', 'RefreshInput').replace('register(', 'refreshSession(');
