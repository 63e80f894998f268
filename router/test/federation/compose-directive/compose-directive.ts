// @composeDirective carries a subgraph's own directives into the supergraph; the router loads and serves it all the same.
// Directives for operations pass to every subgraph that knows them.

import { federation, type Idea } from '../idea.ts';

const LINKS = `${federation('key', 'composeDirective')} @link(url: "https://specs.example.org/audit/v1.0", import: ["@audited"]) @composeDirective(name: "@audited")
  directive @audited(by: String!) on FIELD_DEFINITION | OBJECT
  directive @uppercase on FIELD`;

export const idea: Idea = {
  subgraphs: {
    users: {
      sdl: `${LINKS} type Query { me: User! } type User @key(fields: "id") @audited(by: "x") { id: ID! name: String! @audited(by: "y") }`,
      resolvers: { Query: { me: () => ({ id: '1', name: 'Ada' }) } },
    },
    ages: {
      sdl: `${LINKS} type User @key(fields: "id") { id: ID! age: Int! @audited(by: "z") }`,
      resolvers: { User: { __resolveReference: (user: unknown) => user, age: () => 36 } },
    },
  },
  cases: [
    { title: 'joins over types with directives of their own', query: '{ me { name age } }', data: { me: { name: 'Ada', age: 36 } }, calls: { users: 1, ages: 1 } },
    { title: 'takes a directive that all subgraphs know', query: '{ me { name @uppercase age @uppercase } }', data: { me: { name: 'Ada', age: 36 } }, calls: { users: 1, ages: 1 } },
  ],
};
