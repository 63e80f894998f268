// The OpenAPI 3.1 document of the published operations, made from them and the API schema: nothing in it is written twice.

import { STATUS_CODES } from 'node:http';
import { isInputObjectType, getNamedType, type GraphQLSchema } from 'graphql';
import type { RestParameter } from './endpoint.ts';
import type { PublishedEndpoint } from './rest-api.ts';
import { OpenApiSchemas, type JsonSchema } from './openapi-schemas.ts';
import { PROBLEM_JSON } from './problem.ts';
import type { RestSettings } from './rest-config.ts';

const JSON_TYPE = 'application/json';
/** What may happen to every request; 404 and the statuses of an endpoint come on top. */
const COMMON_PROBLEMS = [400, 401, 403, 429, 502, 503, 504];

export function createOpenApi(endpoints: readonly PublishedEndpoint[], schema: GraphQLSchema, { prefix, title, version }: RestSettings): JsonSchema {
  const schemas = new OpenApiSchemas(schema);
  const problem = schemas.define('Problem', PROBLEM_SCHEMA);
  const problems = [...new Set([...COMMON_PROBLEMS, ...endpoints.flatMap(problemStatuses)])].sort();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const endpoint of endpoints) (paths[endpoint.rest.path] ??= {})[endpoint.rest.method.toLowerCase()] = operationOf(endpoint, schemas);
  const tags = [...new Set(endpoints.flatMap(({ rest }) => (rest.tag == null ? [] : [rest.tag])))].sort();
  return {
    openapi: '3.1.0',
    info: { title, version, description: 'Published operations of the graph, run by the same router under the same rules. The codes in problems are those of docs/errors.md.' },
    servers: [{ url: prefix }],
    tags: tags.map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.components,
      responses: Object.fromEntries(problems.map((status) => [problemName(status), { description: STATUS_CODES[status] ?? 'Problem', content: { [PROBLEM_JSON]: { schema: problem, example: { type: 'about:blank', title: STATUS_CODES[status], status, detail: 'what is wrong, in words', code: 'CODE', errors: [{ message: 'what is wrong, in words', extensions: { code: 'CODE' } }] } } } }])),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
    },
  };
}

function operationOf(endpoint: PublishedEndpoint, schemas: OpenApiSchemas): JsonSchema {
  const { name, description, rest, parameters, result } = endpoint;
  const answer = schemas.define(`${name}Answer`, schemas.output(result.type, result.selectionSets));
  const content = { [JSON_TYPE]: { schema: answer } };
  const statuses = [...new Set([rest.status, ...rest.statuses.map(({ status }) => status)])];
  const problems = [...new Set([...COMMON_PROBLEMS, ...problemStatuses(endpoint)])].filter((status) => !statuses.includes(status));
  const body = parameters.filter(({ place }) => place === 'body');
  return {
    operationId: name,
    ...(description === '' ? {} : { summary: description.split(/(?<=\.)\s|\n/)[0], description }),
    ...(rest.tag == null ? {} : { tags: [rest.tag] }),
    parameters: parameters.filter(({ place }) => place !== 'body').map((parameter) => parameterOf(parameter, endpoint, schemas)),
    ...(body.length === 0 ? {} : { requestBody: bodyOf(endpoint, body, schemas) }),
    responses: {
      ...Object.fromEntries(statuses.map((status) => [status, { description: STATUS_CODES[status] ?? 'Answer', content }])),
      ...(rest.method === 'GET' ? { 304: { description: 'The answer has the tag that if-none-match named.' } } : {}),
      ...Object.fromEntries(problems.map((status) => [status, { $ref: `#/components/responses/${problemName(status)}` }])),
    },
    security: [...(endpoint.needsIdentity ? [] : [{}]), { bearer: [] }, { apiKey: [] }],
  };
}

function parameterOf({ name, place, type, isRequired, defaultValue }: RestParameter, { rest }: PublishedEndpoint, schemas: OpenApiSchemas): JsonSchema {
  const schema = { ...schemas.parameter(type), ...(defaultValue === undefined || defaultValue === null ? {} : { default: defaultValue }) };
  const example = rest.example?.[name];
  const shown = example === undefined ? {} : { example };
  // An input object has no form of its own in a query string: it is JSON there.
  if (isInputObjectType(getNamedType(type))) return { name, in: place, required: isRequired, content: { [JSON_TYPE]: { schema, ...shown } } };
  return { name, in: place, required: isRequired, schema, ...shown };
}

function bodyOf({ rest, wholeBody }: PublishedEndpoint, body: readonly RestParameter[], schemas: OpenApiSchemas): JsonSchema {
  const required = body.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  const schema = wholeBody
    ? schemas.input(wholeBody.type)
    : { type: 'object', properties: Object.fromEntries(body.map(({ name, type }) => [name, schemas.input(type)])), ...(required.length > 0 ? { required } : {}), additionalProperties: false };
  const example = wholeBody ? rest.example?.[wholeBody.name] : Object.fromEntries(body.flatMap(({ name }) => (rest.example?.[name] === undefined ? [] : [[name, rest.example[name]]])));
  return { required: true, content: { [JSON_TYPE]: { schema, ...(example === undefined ? {} : { example }) } } };
}

function problemStatuses({ rest, problemsPath }: PublishedEndpoint): readonly number[] {
  return [...(rest.whenNull == null ? [] : [rest.whenNull]), ...(problemsPath ? [404, 409, 422] : [])];
}

function problemName(status: number): string {
  return (STATUS_CODES[status] ?? `Status ${status}`).replaceAll(/\W/g, '');
}

const PROBLEM_SCHEMA: JsonSchema = {
  type: 'object',
  description: 'Problem details (RFC 9457). `code` and `detail` are those of the first error; `data` is what there is of the answer.',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'Stable; messages are not.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { message: { type: 'string' }, path: { type: 'array', items: { type: ['string', 'integer'] } }, extensions: { type: 'object', properties: { code: { type: 'string' } }, required: ['code'] } },
        required: ['message', 'extensions'],
      },
    },
    data: {},
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'errors'],
};
