// Entities that cannot be found or have no key: the rest of the response stands.

import { federation, type Idea } from '../idea.ts';

export const idea: Idea = {
  subgraphs: {
    list: {
      sdl: `${federation('key')} type Query { books: [Book]! } type Book @key(fields: "upc") { upc: ID }`,
      resolvers: { Query: { books: () => [{ upc: 'b1' }, null, { upc: 'b2' }, { upc: null }, { upc: 'b1' }] } },
    },
    ids: {
      sdl: `${federation('key')} type Book @key(fields: "upc") @key(fields: "id") { upc: ID id: ID }`,
      resolvers: { Book: { __resolveReference: ({ upc }: { upc: string | null }) => (upc === 'b1' ? { upc, id: '1' } : null) } },
    },
    authors: {
      sdl: `${federation('key')} type Book @key(fields: "id") { id: ID author: String! }`,
      resolvers: { Book: { __resolveReference: ({ id }: { id: string }) => ({ id, author: `author ${id}` }) } },
    },
  },
  cases: [
    {
      title: 'an entity that the subgraph on the way does not know is asked for no further',
      query: '{ books { upc author } }',
      data: { books: [{ upc: 'b1', author: 'author 1' }, null, null, null, { upc: 'b1', author: 'author 1' }] },
      errors: [{ code: 'INVALID_RESPONSE', path: ['books', 2, 'author'] }, { code: 'INVALID_RESPONSE', path: ['books', 3, 'author'] }],
      calls: { list: 1, ids: 1, authors: 1 },
    },
    { title: 'a nullable field of such an entity is null', query: '{ books { upc id } }', data: { books: [{ upc: 'b1', id: '1' }, null, { upc: 'b2', id: null }, { upc: null, id: null }, { upc: 'b1', id: '1' }] }, calls: { list: 1, ids: 1 } },
  ],
};
