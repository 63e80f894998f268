// A bare GraphQL request over HTTP for tests that look at the wire; stories otherwise use the SDK.

export interface GraphqlAnswer {
  readonly status: number;
  // Tests read answers of any shape; a wrong path fails the expectation.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly data: any;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

export interface GraphqlCall {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @param url - base URL of a router or subgraph. */
export async function graphql(url: string, call: GraphqlCall): Promise<GraphqlAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json', ...(call.token ? { authorization: `Bearer ${call.token}` } : {}), ...call.headers },
    body: JSON.stringify({ query: call.query, variables: call.variables ?? {} }),
  });
  return { status: response.status, ...((await response.json()) as Omit<GraphqlAnswer, 'status'>) };
}
