// @key: several on one type, nested and composite ones, and keys that a subgraph knows but cannot resolve.

import { federation, type Idea } from '../idea.ts';

const BOOKS = [
  { isbn: 'i1', id: '1', title: 'Dune', shelf: { room: 'A', place: { row: 1 } } },
  { isbn: 'i2', id: '2', title: 'Emma', shelf: { room: 'B', place: { row: 2 } } },
];

export const idea: Idea = {
  subgraphs: {
    loans: {
      sdl: `${federation('key')}
        type Query { loans: [Loan!]! }
        type Loan { book: Book! days: Int! }
        type Book @key(fields: "isbn", resolvable: false) { isbn: ID! }`,
      resolvers: { Query: { loans: () => [{ book: { isbn: 'i1' }, days: 3 }, { book: { isbn: 'i2' }, days: 5 }, { book: { isbn: 'i1' }, days: 7 }] } },
    },
    catalogue: {
      sdl: `${federation('key', 'shareable')}
        type Book @key(fields: "isbn") @key(fields: "id") @key(fields: "shelf { room place { row } }") { isbn: ID! id: ID! title: String! shelf: Shelf! }
        type Shelf { room: String! place: Place! }
        type Place { row: Int! }
        type Query { books: [Book!]! }`,
      resolvers: { Query: { books: () => BOOKS }, Book: { __resolveReference: ({ isbn, id }: { isbn?: string; id?: string }) => BOOKS.find((book) => book.isbn === isbn || book.id === id) } },
    },
    prices: {
      sdl: `${federation('key', 'shareable', 'external', 'requires')}
        type Book @key(fields: "isbn", resolvable: false) @key(fields: "id", resolvable: false) @key(fields: "shelf { room place { row } }") {
          isbn: ID! id: ID! shelf: Shelf! @shareable price: Int! title: String! @external label: String! @requires(fields: "title")
        }
        type Shelf @shareable { room: String! place: Place! }
        type Place @shareable { row: Int! }`,
      resolvers: {
        Book: {
          __resolveReference: ({ shelf, title }: { shelf?: { room: string; place: { row: number } }; title?: string }) => (shelf ? { shelf, title, price: shelf.place.row * 10 } : null),
          label: ({ title, price }: { title: string; price: number }) => `${title} at ${price}`,
        },
      },
    },
  },
  cases: [
    {
      title: 'resolves an entity by the key its reference has, each entity once',
      query: '{ loans { days book { title } } }',
      data: { loans: [{ days: 3, book: { title: 'Dune' } }, { days: 5, book: { title: 'Emma' } }, { days: 7, book: { title: 'Dune' } }] },
      calls: { loans: 1, catalogue: 1 },
    },
    {
      title: 'goes by way of a subgraph that knows both keys',
      query: '{ loans { book { price } } }',
      data: { loans: [{ book: { price: 10 } }, { book: { price: 20 } }, { book: { price: 10 } }] },
      calls: { loans: 1, catalogue: 1, prices: 1 },
    },
    {
      title: 'asks for nothing where the reference holds what is wanted',
      query: '{ loans { book { isbn } } }',
      data: { loans: [{ book: { isbn: 'i1' } }, { book: { isbn: 'i2' } }, { book: { isbn: 'i1' } }] },
      calls: { loans: 1 },
    },
    {
      title: 'comes back for a @requires by a resolvable key, not by the first one that it knows',
      query: '{ books { label } }',
      data: { books: [{ label: 'Dune at 10' }, { label: 'Emma at 20' }] },
      calls: { catalogue: 1, prices: 1 },
    },
  ],
};
