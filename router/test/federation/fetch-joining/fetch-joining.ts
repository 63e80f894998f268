// As few calls as the answer needs: what can wait goes with a later call to the same subgraph, and an entity is asked for once
// however many places it has.

import { federation, type Idea } from '../idea.ts';

const BOXES = [{ id: '1' }, { id: '2' }, { id: '1' }];
const OWNERS: Readonly<Record<string, string>> = { 1: 'ann', 2: 'bob' };

export const idea: Idea = {
  subgraphs: {
    store: {
      sdl: `${federation('key')}
        type Query { boxes: [Box!]! best: Box! shelf: Shelf! }
        type Shelf { boxes: [Box!]! }
        type Box @key(fields: "id") { id: ID! }`,
      resolvers: { Query: { boxes: () => BOXES, best: () => BOXES[0], shelf: () => ({ boxes: BOXES }) } },
    },
    scale: {
      sdl: `${federation('key')} type Box @key(fields: "id") { id: ID! weight: Int! }`,
      resolvers: { Box: { __resolveReference: ({ id }: { id: string }) => ({ id, weight: Number(id) * 10 }) } },
    },
    post: {
      sdl: `${federation('key', 'requires', 'external')}
        type Box @key(fields: "id") { id: ID! weight: Int! @external postage: Int! @requires(fields: "weight") label: String owner(upper: Boolean): Owner! }
        type Owner @key(fields: "name") { name: String! }`,
      resolvers: {
        Box: {
          __resolveReference: (box: object) => box,
          postage: ({ weight }: { weight: number }) => weight * 2,
          label: ({ id }: { id: string }) => `#${id}`,
          owner: ({ id }: { id: string }, { upper }: { upper?: boolean }) => ({ name: upper ? OWNERS[id]!.toUpperCase() : OWNERS[id] }),
        },
      },
    },
    people: {
      sdl: `${federation('key')} type Owner @key(fields: "name") { name: String! age: Int mood(at: Int!): String! }`,
      resolvers: { Owner: { __resolveReference: (owner: object) => owner, age: ({ name }: { name: string }) => name.length, mood: ({ name }: { name: string }, { at }: { at: number }) => `${name} at ${at}` } },
    },
  },
  cases: [
    {
      title: 'what nobody waits for goes with a later call',
      query: '{ boxes { label postage weight } }',
      data: { boxes: [{ label: '#1', postage: 20, weight: 10 }, { label: '#2', postage: 40, weight: 20 }, { label: '#1', postage: 20, weight: 10 }] },
      calls: { store: 1, scale: 1, post: 1 },
    },
    {
      title: 'what another call waits for does not',
      query: '{ best { postage owner { age } } }',
      data: { best: { postage: 20, owner: { age: 3 } } },
      calls: { store: 1, scale: 1, post: 2, people: 1 },
    },
    {
      title: 'equal entities at several places are answered at each',
      query: '{ boxes { id owner { name age } } best { owner { age } } shelf { boxes { owner { age name } } } }',
      data: {
        boxes: [{ id: '1', owner: { name: 'ann', age: 3 } }, { id: '2', owner: { name: 'bob', age: 3 } }, { id: '1', owner: { name: 'ann', age: 3 } }],
        best: { owner: { age: 3 } },
        shelf: { boxes: [{ owner: { age: 3, name: 'ann' } }, { owner: { age: 3, name: 'bob' } }, { owner: { age: 3, name: 'ann' } }] },
      },
      calls: { store: 1, post: 1, people: 1 },
    },
    {
      title: 'one name that means another thing at each place stays apart',
      query: '{ boxes { owner { mood(at: 1) } } shelf { boxes { owner { mood(at: 2) } } } best { owner(upper: true) { mood(at: 1) } } }',
      data: {
        boxes: [{ owner: { mood: 'ann at 1' } }, { owner: { mood: 'bob at 1' } }, { owner: { mood: 'ann at 1' } }],
        shelf: { boxes: [{ owner: { mood: 'ann at 2' } }, { owner: { mood: 'bob at 2' } }, { owner: { mood: 'ann at 2' } }] },
        best: { owner: { mood: 'ANN at 1' } },
      },
      calls: { store: 1, post: 1, people: 1 },
    },
  ],
};
