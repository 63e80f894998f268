// Unions, interfaces and enums that differ between subgraphs, and type conditions on all of them.

import { federation, type Idea } from '../idea.ts';

const BOOK = { __typename: 'Book', id: 'b', title: 'Dune', kind: 'PAPER', pages: 412 };
const FILM = { __typename: 'Film', id: 'f', title: 'Alien', kind: 'REEL', minutes: 117 };
const SONG = { __typename: 'Song', id: 's', title: 'Hey', kind: 'TAPE' };

export const idea: Idea = {
  subgraphs: {
    shelf: {
      sdl: `${federation('key', 'shareable')}
        type Query { media: [Media!]! items: [Item!]! shared: [Media!]! @shareable best: Item broken: Item }
        union Media = Book | Film
        interface Item { id: ID! title: String! }
        enum Kind @shareable { PAPER REEL }
        type Book implements Item @key(fields: "id") { id: ID! title: String! @shareable kind: Kind! @shareable pages: Int! }
        type Film implements Item @key(fields: "id") { id: ID! title: String! @shareable kind: Kind @shareable minutes: Int! }`.replace('enum Kind @shareable', 'enum Kind'),
      resolvers: {
        Query: { media: () => [BOOK, FILM], items: () => [BOOK, FILM], shared: () => [BOOK], best: () => FILM, broken: () => ({ __typename: 'Nothing' }) },
        Book: { __resolveReference: () => BOOK },
        Film: { __resolveReference: () => FILM },
      },
    },
    ratings: {
      sdl: `${federation('key', 'shareable')}
        type Query { rated: [Media!]! shared: [Media!]! @shareable }
        union Media = Book | Song
        interface Rated { stars: Int }
        enum Kind { PAPER TAPE }
        type Book implements Rated @key(fields: "id") { id: ID! stars: Int title: String! @shareable }
        type Film implements Rated @key(fields: "id") { id: ID! stars: Int }
        type Song implements Rated @key(fields: "id") { id: ID! stars: Int title: String! @shareable format: Kind }`,
      resolvers: {
        Query: { rated: () => [BOOK, SONG], shared: () => [BOOK] },
        Book: { __resolveReference: ({ id }: { id: string }) => ({ id }), stars: () => 5 },
        Film: { __resolveReference: ({ id }: { id: string }) => ({ id }), stars: () => 4 },
        Song: { __resolveReference: () => SONG, stars: () => 3, format: () => 'TAPE' },
      },
    },
  },
  cases: [
    { title: 'tells the members of a union apart', query: '{ media { __typename ... on Book { pages } ... on Film { minutes } } }', data: { media: [{ __typename: 'Book', pages: 412 }, { __typename: 'Film', minutes: 117 }] }, calls: { shelf: 1 } },
    { title: 'leaves out a member that this subgraph does not know', query: '{ media { ... on Song { title } ... on Book { title } } }', data: { media: [{ title: 'Dune' }, {}] }, calls: { shelf: 1 } },
    { title: 'answers a member that only the other subgraph knows', query: '{ rated { __typename ... on Song { title format } ... on Film { minutes } } }', data: { rated: [{ __typename: 'Book' }, { __typename: 'Song', title: 'Hey', format: 'TAPE' }] }, calls: { ratings: 1 } },
    { title: 'joins only the types that have the field elsewhere', query: '{ items { title ... on Rated { stars } } }', data: { items: [{ title: 'Dune', stars: 5 }, { title: 'Alien', stars: 4 }] }, calls: { shelf: 1, ratings: 1 } },
    { title: 'nests conditions', query: '{ items { ... on Item { id ... on Rated { stars ... on Book { title t: title } } } } }', data: { items: [{ id: 'b', stars: 5, title: 'Dune', t: 'Dune' }, { id: 'f', stars: 4 }] }, calls: { shelf: 1, ratings: 1 } },
    { title: 'asks nobody more when no type fits', query: '{ best { ... on Book { pages stars } } }', data: { best: {} }, calls: { shelf: 1 } },
    { title: 'gives one name to fields of different nullability in different types', query: '{ media { ... on Book { required: kind } ... on Film { optional: kind } } }', data: { media: [{ required: 'PAPER' }, { optional: 'REEL' }] }, calls: { shelf: 1 } },
    { title: 'answers __typename with all its aliases', query: '{ __typename media { a: __typename ... on Book { b: __typename } } }', data: { __typename: 'Query', media: [{ a: 'Book', b: 'Book' }, { a: 'Film' }] }, calls: { shelf: 1 } },
    { title: 'passes on that a type is unknown', query: '{ broken { id } }', data: { broken: null }, errors: [{ code: 'DOWNSTREAM_SERVICE_ERROR', path: ['broken'] }], calls: { shelf: 1 } },
  ],
};
