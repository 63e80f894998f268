// How an operation says that it is an endpoint: `query Quote($symbol: String!) @rest(path: "/quotes/{symbol}") { ... }`.
// Clients never see the directive; it is taken off before the operation goes anywhere.

import { buildSchema, getDirectiveValues, type OperationDefinitionNode } from 'graphql';

export const REST_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type RestMethod = (typeof REST_METHODS)[number];

export interface RestArguments {
  readonly method: RestMethod;
  readonly path: string;
  readonly body?: string | null;
  readonly result?: string | null;
  readonly status: number;
  readonly whenNull?: number | null;
  readonly statuses: readonly { readonly type: string; readonly status: number }[];
  readonly problems?: string | null;
  readonly tag?: string | null;
  readonly example?: Readonly<Record<string, unknown>> | null;
}

const DIRECTIVE = buildSchema(/* GraphQL */ `
  directive @rest(
    method: RestMethod! = GET
    "Segments are literal or one {variable}."
    path: String!
    "The variable that the JSON body is. Without it the body is an object with a member for each variable that the path does not hold."
    body: String
    "Dotted path of the field that is the answer; without it the only root field, or all of them."
    result: String
    "Of a success."
    status: Int! = 200
    "Of an answer that is null without an error."
    whenNull: Int
    "Of an answer of this type, where it can be several; the operation must select __typename."
    statuses: [RestStatus!]! = []
    "Dotted path, from the answer, of a list of refusals {code message}; when it is not empty, the first one's code makes the status."
    problems: String
    tag: String
    "Values of variables, shown in the documentation."
    example: RestExample
  ) on QUERY | MUTATION
  enum RestMethod { ${REST_METHODS.join(' ')} }
  input RestStatus { type: String! status: Int! }
  scalar RestExample
  type Query { unused: Int }
`).getDirective('rest')!;

export const REST_DIRECTIVE_NAME = DIRECTIVE.name;

/** @throws {GraphQLError} when an argument does not fit. @returns undefined for an operation that is no endpoint. */
export function restArguments(definition: OperationDefinitionNode): RestArguments | undefined {
  return getDirectiveValues(DIRECTIVE, definition) as RestArguments | undefined;
}
