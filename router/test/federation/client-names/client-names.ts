// A client may name a field as it likes, also like a key or a required field of a join.

import { federation, type Idea } from '../idea.ts';

const USER = { id: 'u1', name: 'Ada', age: 36 };

export const idea: Idea = {
  subgraphs: {
    users: {
      sdl: `${federation('key')} type Query { me: User! } type User @key(fields: "id") { id: ID! name: String! age: Int! }`,
      resolvers: { Query: { me: () => USER }, User: { __resolveReference: () => USER } },
    },
    ranks: {
      sdl: `${federation('key', 'requires', 'external')} type User @key(fields: "id") { id: ID! age: Int! @external rank: Int! @requires(fields: "age") broken: Int }`,
      resolvers: {
        User: {
          __resolveReference: ({ id, age }: { id: string; age?: number }) => (id === 'u1' ? { id, age } : null),
          rank: ({ age }: { age: number }) => age + 1,
          broken: () => {
            throw new Error('broken');
          },
        },
      },
    },
  },
  cases: [
    { title: 'a name that a key has', query: '{ me { id: name rank } }', data: { me: { id: 'Ada', rank: 37 } }, calls: { users: 1, ranks: 1 } },
    { title: 'a name that a required field has', query: '{ me { age: name years: age rank } }', data: { me: { age: 'Ada', years: 36, rank: 37 } }, calls: { users: 1, ranks: 1 } },
    { title: 'the name of the type', query: '{ me { __typename: name rank } }', data: { me: { __typename: 'Ada', rank: 37 } }, calls: { users: 1, ranks: 1 } },
    { title: 'a name that looks like our own', query: '{ me { _client_id: name _required0_age: name id: age rank } }', data: { me: { _client_id: 'Ada', _required0_age: 'Ada', id: 36, rank: 37 } }, calls: { users: 1, ranks: 1 } },
    {
      title: 'in the path of an error too',
      query: '{ me { id: broken age: name } }',
      data: { me: { id: null, age: 'Ada' } },
      errors: [{ code: 'DOWNSTREAM_SERVICE_ERROR', path: ['me', 'id'] }],
      calls: { users: 1, ranks: 1 },
    },
  ],
};
