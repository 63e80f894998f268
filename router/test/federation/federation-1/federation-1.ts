// Subgraphs that still speak Federation 1: no @link, extended types, external keys, value types shared without a word.

import type { Idea } from '../idea.ts';

const USERS = [{ id: 'u1', name: 'Ada', zip: 'Z1' }];

export const idea: Idea = {
  subgraphs: {
    users: {
      sdl: `type Query { me: User } type User @key(fields: "id") @key(fields: "name") { id: ID! name: String! address: Address } type Address { zip: String }`,
      resolvers: { Query: { me: () => USERS[0] }, User: { __resolveReference: ({ id, name }: { id?: string; name?: string }) => USERS.find((user) => user.id === id || user.name === name), address: ({ zip }: { zip: string }) => ({ zip }) } },
    },
    reviews: {
      sdl: `extend type Query { reviews: [Review] }
        extend type User @key(fields: "id") { id: ID! @external name: String! @external reviews: [Review] @requires(fields: "name") }
        type Review @key(fields: "id") { id: ID! author: User @provides(fields: "name") }
        type Address { zip: String }`,
      resolvers: {
        Query: { reviews: () => [{ id: 'r1' }] },
        User: { __resolveReference: (user: unknown) => user, reviews: ({ name }: { name: string }) => [{ id: `r of ${name}` }] },
        Review: { __resolveReference: ({ id }: { id: string }) => ({ id }), author: () => ({ id: 'u1', name: 'Ada' }) },
      },
    },
  },
  cases: [
    { title: 'joins an extended type and what it requires', query: '{ me { reviews { id } address { zip } } }', data: { me: { reviews: [{ id: 'r of Ada' }], address: { zip: 'Z1' } } }, calls: { users: 1, reviews: 1 } },
    { title: 'takes what is provided', query: '{ reviews { author { id name } } }', data: { reviews: [{ author: { id: 'u1', name: 'Ada' } }] }, calls: { reviews: 1 } },
    { title: 'asks the owner for the rest', query: '{ reviews { author { address { zip } } } }', data: { reviews: [{ author: { address: { zip: 'Z1' } } }] }, calls: { reviews: 1, users: 1 } },
  ],
};
