// @provides and @external: a subgraph answers fields of another along certain paths, and only along those.

import { federation, type Idea } from '../idea.ts';

const AUTHORS = [{ id: 'a1', name: 'Ada', bio: 'Ada was', email: 'a@x' }, { id: 'a2', name: 'Bob', bio: 'Bob was', email: 'b@x' }];
const BOOKS = [{ id: 'b1', authorId: 'a1' }, { id: 'b2', authorId: 'a2' }];
const author = ({ authorId }: { authorId: string }): unknown => AUTHORS.find(({ id }) => id === authorId);

export const idea: Idea = {
  subgraphs: {
    authors: {
      sdl: `${federation('key', 'shareable')} type Author @key(fields: "id") { id: ID! name: String! @shareable bio: String! @shareable email: String! }`,
      resolvers: { Author: { __resolveReference: ({ id }: { id: string }) => AUTHORS.find((known) => known.id === id) } },
    },
    books: {
      sdl: `${federation('key', 'external', 'provides')}
        type Query { books: [Book!]! bestseller: Book! shelf: [Item!]! @provides(fields: "... on Book { title }") }
        union Item = Book
        type Book @key(fields: "id") { id: ID! title: String! @external author: Author! @provides(fields: "name bio") ghost: Author! }
        type Author @key(fields: "id") { id: ID! name: String! @external bio: String! @external }`,
      resolvers: {
        Query: { books: () => BOOKS, bestseller: () => BOOKS[0], shelf: () => BOOKS.map((book) => ({ __typename: 'Book', ...book, title: `provided ${book.id}` })) },
        Book: { author, ghost: author },
        Author: {
          bio: () => {
            throw new Error('nobody asked for it');
          },
        },
      },
    },
    titles: {
      sdl: `${federation('key', 'shareable')} type Book @key(fields: "id") { id: ID! title: String! @shareable }`,
      resolvers: { Book: { __resolveReference: ({ id }: { id: string }) => ({ id, title: `title ${id}` }) } },
    },
  },
  cases: [
    { title: 'takes what is provided, and no more of it than was asked', query: '{ books { author { name } } }', data: { books: [{ author: { name: 'Ada' } }, { author: { name: 'Bob' } }] }, calls: { books: 1 } },
    { title: 'asks the owner along another path', query: '{ bestseller { ghost { name } } }', data: { bestseller: { ghost: { name: 'Ada' } } }, calls: { books: 1, authors: 1 } },
    { title: 'asks the owner for what is not provided', query: '{ bestseller { author { name email } } }', data: { bestseller: { author: { name: 'Ada', email: 'a@x' } } }, calls: { books: 1, authors: 1 } },
    { title: 'takes what is provided below a type condition', query: '{ shelf { ... on Book { title } } }', data: { shelf: [{ title: 'provided b1' }, { title: 'provided b2' }] }, calls: { books: 1 } },
    { title: 'asks the owner of an external field that is not provided', query: '{ books { title } }', data: { books: [{ title: 'title b1' }, { title: 'title b2' }] }, calls: { books: 1, titles: 1 } },
  ],
};
