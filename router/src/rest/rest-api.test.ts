// What makes an endpoint, and what a client may learn of it, without a router around.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { buildSchema, parse } from 'graphql';
import { Authorizer } from '../authorize/authorize.ts';
import { Requirements } from '../authorize/requirements.ts';
import { DEFAULT_LIMITS } from '../parse/limits-config.ts';
import { OperationParser } from '../parse/operation.ts';
import { createRestApi, type RestApi, type RestGraph } from './rest-api.ts';
import { restSection } from './rest-config.ts';
import { readRestOperations } from './rest-operations.ts';

const SDL = `
  directive @authenticated on FIELD_DEFINITION
  type Query { me: User "One by id." user(id: ID!): User users(ids: [ID!], role: Role = USER, filter: Filter, limit: Float, active: Boolean): [User!]! found: [Found!] secret: String @authenticated }
  type Mutation { rename(id: ID!, name: String!): User! add(input: NewUser!): AddResult! }
  type Subscription { renamed: User }
  type User { id: ID! "As shown." name: String role: Role! born: DateTime friend: User }
  type Bot { id: ID! }
  union Found = User | Bot
  union AddResult = User | Refused
  type Refused { errors: [Problem!]! }
  type Problem { code: String! message: String! }
  enum Role { "May look." USER ADMIN }
  input Filter { text: String! nested: Filter not: [Filter!] role: Role! = USER }
  input NewUser { name: String! "When." born: DateTime filter: Filter }
  "A moment."
  scalar DateTime
`;

describe('published operations', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mib-rest-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const api = async (text: string): Promise<RestApi> => {
    writeFileSync(join(folder, 'bad.graphql'), text);
    return createRestApi(await readRestOperations(folder), graphOf(SDL), restSection.parse({ prefix: '/v1', title: 'People' }));
  };

  it.each([
    ['an unknown field', 'query A @rest(path: "/a") { nope }', 'bad.graphql: A: Cannot query field "nope" on type "Query".'],
    ['a syntax error', 'query A {', 'bad.graphql: Syntax Error'],
    ['no directive', 'query A { me { id } }', 'bad.graphql: A needs @rest(path: ...)'],
    ['no name', 'query @rest(path: "/a") { me { id } }', 'bad.graphql: every operation needs a name'],
    ['an unknown method', 'query A @rest(path: "/a", method: FETCH) { me { id } }', 'bad.graphql: A: Argument "method" has invalid value FETCH'],
    ['a mutation by GET', 'mutation A @rest(path: "/a") { rename(id: 1, name: "x") { id } }', 'bad.graphql: A: a mutation needs another method than GET'],
    ['a path that is none', 'query A @rest(path: "a b") { me { id } }', 'bad.graphql: A: path must be like /quotes/{symbol}, was "a b"'],
    ['a variable in the path that is none', 'query A @rest(path: "/{a}") { me { id } }', 'bad.graphql: A: there is no variable $a'],
    ['a body that GET cannot have', 'query A($a: ID!) @rest(path: "/a", body: "a") { user(id: $a) { id } }', 'bad.graphql: A: $a cannot be the body'],
    ['a result that is not selected', 'query A @rest(path: "/a", result: "me.email") { me { id } }', 'bad.graphql: A: the operation selects no email in User'],
    ['a shape that depends on the request', 'query A($x: Boolean!) @rest(path: "/a") { me { id @skip(if: $x) } }', 'bad.graphql: A: @skip would make the shape'],
    ['statuses of one type', 'query A @rest(path: "/a", statuses: [{ type: "User", status: 201 }]) { me { id } }', 'bad.graphql: A: statuses need an answer of several types, was User'],
    ['problems that are no list', 'query A @rest(path: "/a", problems: "id") { me { id } }', 'bad.graphql: A: problems must name a list, was id'],
    ['a status that is none', 'query A @rest(path: "/a", status: 42) { me { id } }', 'bad.graphql: A: no status is 42'],
    ['two of one path', 'query A($a: ID!) @rest(path: "/a/{a}") { user(id: $a) { id } } query B($b: ID!) @rest(path: "/a/{b}") { user(id: $b) { id } }', 'bad.graphql: B answers GET /a/{b} like bad.graphql: A'],
    ['a subscription', 'subscription A @rest(path: "/a") { renamed { id } }', 'bad.graphql: A'],
  ])('refuses %s', async (_title, text, message) => {
    await expect(api(text)).rejects.toThrow(message);
  });

  const PEOPLE = `
    """People. All of them, or some."""
    query People($ids: [ID!], $role: Role = ADMIN, $filter: Filter, $limit: Float, $active: Boolean!)
    @rest(path: "/people", tag: "People", example: { ids: ["1"] }) { users(ids: $ids, role: $role, filter: $filter, limit: $limit, active: $active) { id name role born friend { id } } }
    query Found @rest(path: "/found") { found { __typename ... on User { name } ... on Bot { id } } }
    query Secret @rest(path: "/secret") { secret }
    mutation Add($input: NewUser!) @rest(method: POST, path: "/people", body: "input", status: 201, statuses: [{ type: "Refused", status: 422 }]) { add(input: $input) { __typename ... on User { id } ... on Refused { errors { code message } } } }
    mutation Rename($id: ID!, $name: String!) @rest(method: PATCH, path: "/people/{id}") { rename(id: $id, name: $name) { id } }`;

  it('are described by OpenAPI 3.1, which a validator of others agrees with', async () => {
    const document = JSON.parse((await api(PEOPLE)).openApi) as Record<string, never>;
    expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'People' },
      servers: [{ url: '/v1' }],
      paths: {
        '/people': {
          get: {
            operationId: 'People',
            summary: 'People.',
            tags: ['People'],
            parameters: [
              { name: 'ids', in: 'query', required: false, schema: { type: 'array', items: { type: 'string' } }, example: ['1'] },
              { name: 'role', in: 'query', required: false, schema: { $ref: '#/components/schemas/Role', default: 'ADMIN' } },
              { name: 'filter', in: 'query', required: false, content: { 'application/json': { schema: { $ref: '#/components/schemas/Filter' } } } },
              { name: 'limit', in: 'query', required: false, schema: { type: 'number' } },
              { name: 'active', in: 'query', required: true, schema: { type: 'boolean' } },
            ],
            responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/PeopleAnswer' } } } }, 304: {}, 400: { $ref: '#/components/responses/BadRequest' }, 502: {}, 504: {} },
            security: [{}, { bearer: [] }, { apiKey: [] }],
          },
          post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/NewUser' } } } }, responses: { 201: {}, 422: {} } },
        },
        '/people/{id}': { patch: { parameters: [{ name: 'id', in: 'path', required: true }], requestBody: { content: { 'application/json': { schema: { type: 'object', required: ['name'] } } } } } },
        '/secret': { get: { security: [{ bearer: [] }, { apiKey: [] }] } },
      },
      components: {
        securitySchemes: { bearer: { type: 'http' }, apiKey: { in: 'header' } },
        schemas: {
          Role: { type: 'string', enum: ['USER', 'ADMIN'], description: '- `USER`: May look.' },
          Filter: { type: 'object', required: ['text'], additionalProperties: false, properties: { role: { default: 'USER' }, nested: { anyOf: [{ $ref: '#/components/schemas/Filter' }, { type: 'null' }] } } },
          DateTime: { type: 'string', format: 'date-time', description: 'A moment.' },
          PeopleAnswer: { type: 'array', items: { type: 'object', title: 'User', required: ['id', 'name', 'role', 'born', 'friend'], properties: { name: { type: ['string', 'null'], description: 'As shown.' } } } },
          FoundAnswer: { type: ['array', 'null'], items: { anyOf: [{ properties: { __typename: { const: 'User' }, name: {} } }, { properties: { __typename: { const: 'Bot' }, id: {} } }] } },
        },
      },
    });
  });

  it('of the platform fit its graph, and their description is valid', async () => {
    const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
    const graph = graphOf(read('../../../sdk/schema.graphql'), read('../../supergraph.graphql'));
    const { openApi } = await createRestApi(await readRestOperations(new URL('../../rest', import.meta.url).pathname), graph, restSection.parse({}));
    const document = JSON.parse(openApi) as { paths: object };
    expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/quotes/{symbol}', '/candles/{symbol}', '/books/{symbol}', '/accounts/{id}/portfolio', '/orders']));
  });
});

function graphOf(sdl: string, supergraph = sdl): RestGraph {
  const apiSchema = buildSchema(sdl);
  return { supergraph: { apiSchema }, parser: new OperationParser(apiSchema, DEFAULT_LIMITS), authorizer: new Authorizer(apiSchema, new Requirements(parse(supergraph))) };
}
