// Input types have the fields that all subgraphs know; enums used as input only the values that all know.

import { federation, type Idea } from '../idea.ts';

const echo = { Query: { first: (_: unknown, args: unknown) => JSON.stringify(args), second: (_: unknown, args: unknown) => JSON.stringify(args) } };

export const idea: Idea = {
  subgraphs: {
    one: { sdl: `${federation('key')} type Query { first(filter: Filter, order: Order): String! } input Filter { name: String! limit: Int = 5 onlyFirst: Boolean } enum Order { UP DOWN SIDEWAYS }`, resolvers: echo },
    two: { sdl: `${federation('key')} type Query { second(filter: Filter, order: Order): String! } input Filter { name: String! limit: Int = 5 onlySecond: Boolean } enum Order { UP DOWN }`, resolvers: echo },
  },
  cases: [
    { title: 'pass what both know', query: '{ first(filter: { name: "x", limit: 2 }, order: UP) }', data: { first: '{"filter":{"name":"x","limit":2},"order":"UP"}' }, calls: { one: 1 } },
    { title: 'pass variables, with the defaults of the subgraph', query: 'query($f: Filter!, $o: Order = DOWN) { first(filter: $f, order: $o) second(filter: $f) }', variables: { f: { name: 'x' } }, data: { first: '{"filter":{"name":"x","limit":5},"order":"DOWN"}', second: '{"filter":{"name":"x","limit":5}}' }, calls: { one: 1, two: 1 } },
    { title: 'refuse a field of one subgraph only', query: '{ first(filter: { name: "x", onlyFirst: true }) }', data: undefined, errors: [{ code: 'GRAPHQL_VALIDATION_FAILED' }], calls: {} },
    { title: 'refuse it in variables too', query: 'query($f: Filter!) { first(filter: $f) }', variables: { f: { name: 'x', onlyFirst: true } }, data: undefined, errors: [{ code: 'BAD_USER_INPUT' }], calls: {} },
    { title: 'refuse an enum value of one subgraph only', query: '{ first(order: SIDEWAYS) }', data: undefined, errors: [{ code: 'GRAPHQL_VALIDATION_FAILED' }], calls: {} },
  ],
};
