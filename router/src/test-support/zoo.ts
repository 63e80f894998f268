// A supergraph with interfaces, unions, enums, compound keys and nulls in lists.

import { startSubgraph, type TestSubgraph } from './subgraph.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires"])';

const LION = { __typename: 'Lion', id: 'l1', name: 'Leo', mane: true, diet: 'MEAT', tags: { born: 2001 } };
const PENGUIN = { __typename: 'Penguin', id: 'p1', name: 'Pingu', swims: true, diet: 'FISH', tags: null };
const ANIMALS = [LION, PENGUIN];

export interface Zoo extends AsyncDisposable {
  readonly all: readonly TestSubgraph[];
}

export async function startZoo(): Promise<Zoo> {
  const animals = await startSubgraph({
    name: 'animals',
    sdl: `${LINK}
      scalar Tags
      enum Diet { MEAT FISH PLANTS }
      type Query { animals: [Animal!]! search: [Found!]! cages: [[Lion!]!]! maybe: [Penguin] tickets: [Ticket!]! }
      interface Animal { id: ID! name: String! diet: Diet! tags: Tags keeper: Keeper weight: Int }
      type Lion implements Animal @key(fields: "id") { id: ID! name: String! diet: Diet! tags: Tags mane: Boolean! keeper: Keeper weight: Int @external }
      type Penguin implements Animal @key(fields: "id") { id: ID! name: String! diet: Diet! tags: Tags swims: Boolean! keeper: Keeper weight: Int @external }
      type Keeper @key(fields: "id") { id: ID! }
      type Ticket @key(fields: "row seat") { row: String! seat: Int! }
      union Found = Lion | Penguin | Keeper`,
    resolvers: {
      Query: {
        animals: () => ANIMALS,
        search: () => [LION, { __typename: 'Keeper', id: 'k1' }],
        cages: () => [[LION], [], [LION, LION]],
        maybe: () => [PENGUIN, null],
        tickets: () => [{ row: 'A', seat: 1 }, { row: 'A', seat: 2 }, { row: 'A', seat: 1 }],
      },
      Lion: { keeper: () => ({ id: 'k1' }), __resolveReference: () => LION },
      Penguin: { keeper: () => null, __resolveReference: () => PENGUIN },
    },
  });
  const keepers = await startSubgraph({
    name: 'keepers',
    sdl: `${LINK}
      type Query { keepers: [Keeper!]! }
      type Keeper @key(fields: "id") { id: ID! name: String! animals: [Lion!]! }
      type Lion @key(fields: "id") { id: ID! weight: Int }
      type Penguin @key(fields: "id") { id: ID! weight: Int }
      type Ticket @key(fields: "row seat") { row: String! seat: Int! price: Int! }`,
    resolvers: {
      Query: { keepers: () => [{ id: 'k1', name: 'Kim' }] },
      Keeper: { __resolveReference: ({ id }: { id: string }) => ({ id, name: 'Kim' }), animals: () => [{ id: 'l1' }] },
      Lion: { weight: () => 190, __resolveReference: ({ id }: { id: string }) => ({ id }) },
      Penguin: { weight: () => 12, __resolveReference: ({ id }: { id: string }) => ({ id }) },
      Ticket: { price: ({ seat }: { seat: number }) => seat * 10, __resolveReference: (ticket: unknown) => ticket },
    },
  });
  const all = [animals, keepers];
  return {
    all,
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((subgraph) => subgraph[Symbol.asyncDispose]()));
    },
  };
}
