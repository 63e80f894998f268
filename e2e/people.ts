// The people of the stories: a fresh user with an account each time, and the operator who may register instruments.

import { randomBytes } from 'node:crypto';
import { graphql } from '@mib/testkit/graphql';
import type { PlatformFacts } from '@mib/testkit/platform';
import { eventually } from './eventually.ts';

const OPENING_TIMEOUT_MS = 15_000;

export interface Person {
  readonly email: string;
  readonly password: string;
  readonly token: string;
  readonly refreshToken: string;
  readonly userId: string;
}

export interface Trader extends Person {
  readonly accountId: string;
}

export async function registerPerson(url: string): Promise<Person> {
  const email = `${randomBytes(6).toString('hex')}@story.example`;
  const password = `correct horse ${randomBytes(6).toString('hex')}`;
  const { data, errors } = await graphql(url, {
    query: `mutation ($input: RegisterInput!) { register(input: $input) { ... on SessionTokens { accessToken refreshToken user { id } } ... on LoginFailed { userErrors { message } } } }`,
    variables: { input: { email, password, displayName: 'A person' } },
  });
  if (!data?.register?.accessToken) throw new Error(`register failed: ${JSON.stringify({ data, errors })}`);
  return { email, password, token: data.register.accessToken, refreshToken: data.register.refreshToken, userId: data.register.user.id };
}

/** Registers a person and opens an account of 100,000.00 USD. */
export async function registerTrader(url: string): Promise<Trader> {
  const person = await registerPerson(url);
  return { ...person, accountId: await openAccount(url, person.token) };
}

export async function openAccount(url: string, token: string): Promise<string> {
  const { data, errors } = await graphql(url, {
    query: `mutation { openAccount(input: { name: "Story", initialCash: "100000" }) { account { id status } userErrors { code message } } }`,
    token,
  });
  const account = data?.openAccount?.account as { id: string; status: string } | null | undefined;
  if (!account) throw new Error(`openAccount failed: ${JSON.stringify({ data, errors })}`);
  if (account.status !== 'OPEN') await untilOpen(url, token, account.id);
  return account.id;
}

/** An engine that is slow to answer leaves the account OPENING; the service finishes it by itself. */
function untilOpen(url: string, token: string, accountId: string): Promise<void> {
  return eventually(async () => {
    const { data } = await graphql(url, { query: `query ($id: ID!) { account(id: $id) { status } }`, variables: { id: accountId }, token });
    if (data?.account?.status !== 'OPEN') throw new Error(`account ${accountId} is not open: ${JSON.stringify(data)}`);
  }, OPENING_TIMEOUT_MS);
}

export async function login(url: string, who: { readonly email: string; readonly password: string }): Promise<string> {
  const { data, errors } = await graphql(url, {
    query: `mutation ($input: LoginInput!) { login(input: $input) { ... on SessionTokens { accessToken } ... on LoginFailed { userErrors { code message } } } }`,
    variables: { input: { email: who.email, password: who.password } },
  });
  if (!data?.login?.accessToken) throw new Error(`login failed: ${JSON.stringify({ data, errors })}`);
  return data.login.accessToken as string;
}

const operatorTokens = new Map<string, Promise<string>>();

/** Signs the demo user in once per platform and story: sign-ins of one email are limited, tokens outlive a story. */
export function operatorToken(platform: Pick<PlatformFacts, 'url' | 'demo'>): Promise<string> {
  const known = operatorTokens.get(platform.url) ?? login(platform.url, platform.demo);
  operatorTokens.set(platform.url, known);
  return known;
}

/** A new instrument of the simulated venue in which nobody but the story trades: tick 0.01, lot 1. */
export async function registerQuietInstrument(platform: PlatformFacts): Promise<string> {
  const { data, errors } = await graphql(platform.url, {
    query: `mutation ($input: RegisterInstrumentInput!) { registerInstrument(input: $input) { instrument { id } userErrors { message } } }`,
    variables: { input: { symbol: `T${randomBytes(4).toString('hex').toUpperCase()}`, assetClass: 'EQUITY', tradable: true } },
    token: await operatorToken(platform),
  });
  if (!data?.registerInstrument?.instrument) throw new Error(`registerInstrument failed: ${JSON.stringify({ data, errors })}`);
  return data.registerInstrument.instrument.id as string;
}

export interface OrderRequest {
  readonly clientOrderId?: string;
  readonly instrumentId: string;
  readonly side: 'BUY' | 'SELL';
  readonly type?: 'LIMIT' | 'MARKET';
  readonly tif?: 'GTC' | 'IOC' | 'FOK';
  readonly quantity: string;
  readonly limitPrice?: string;
}

const PLACE_ORDER = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
  __typename
  ... on OrderAccepted { replayed order { id status filledQuantity averageFillPrice } }
  ... on OrderDenied { reason message limit observed replayed order { id status denyReason } }
  ... on InvalidInput { userErrors { code message field } } } }`;

/** Places an order over the graph and answers the union's value. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function placeOrder(url: string, trader: Trader, order: OrderRequest): Promise<any> {
  const input = { accountId: trader.accountId, clientOrderId: randomBytes(8).toString('hex'), type: 'LIMIT', ...order };
  const { data, errors } = await graphql(url, { query: PLACE_ORDER, variables: { input }, token: trader.token });
  if (!data?.placeOrder) throw new Error(`placeOrder failed: ${JSON.stringify({ data, errors })}`);
  return data.placeOrder;
}

/** Where the account's event stream stands now: `orderUpdated(after:)` with it misses nothing that comes later. */
export async function eventCursor(url: string, trader: Trader): Promise<string> {
  const { data, errors } = await graphql(url, { query: `query ($id: ID!) { account(id: $id) { eventCursor } }`, variables: { id: trader.accountId }, token: trader.token });
  if (!data?.account) throw new Error(`eventCursor failed: ${JSON.stringify({ data, errors })}`);
  return data.account.eventCursor as string;
}
