// Mutations run one after the other, across subgraphs, each with its joins.

import { federation, type Idea } from '../idea.ts';

let total = 0;
const steps: string[] = [];

export const idea: Idea = {
  subgraphs: {
    adder: {
      sdl: `${federation('key', 'shareable')} type Query { steps: [String!]! } type Mutation { start: Int! add(n: Int!): Sum! } type Sum @key(fields: "id") { id: ID! value: Int! }`,
      resolvers: {
        Query: { steps: () => steps },
        Mutation: { start: () => (steps.push('start'), (total = 0)), add: (_: unknown, { n }: { n: number }) => (steps.push(`add ${n}`), { id: 's', value: (total += n) }) },
        Sum: { __resolveReference: () => ({ id: 's', value: total }) },
      },
    },
    multiplier: {
      sdl: `${federation('key')} type Mutation { multiply(by: Int!): Sum! fail: Sum } type Sum @key(fields: "id") { id: ID! parity: String! }`,
      resolvers: {
        Mutation: {
          multiply: (_: unknown, { by }: { by: number }) => (steps.push(`multiply ${by}`), (total *= by), { id: 's' }),
          fail: () => {
            throw new Error('no');
          },
        },
        Sum: { __resolveReference: (sum: unknown) => sum, parity: () => (total % 2 === 0 ? 'even' : 'odd') },
      },
    },
  },
  cases: [
    {
      title: 'keep their order, joins included',
      query: 'mutation { start a: add(n: 5) { value } b: multiply(by: 2) { value } c: add(n: 1) { value parity } }',
      data: { start: 0, a: { value: 5 }, b: { value: 10 }, c: { value: 11, parity: 'odd' } },
      calls: { adder: 3, multiplier: 2 },
    },
    {
      title: 'go on behind one that failed',
      query: 'mutation($n: Int!) { start fail { value } add(n: $n) { value } }',
      variables: { n: 4 },
      data: { start: 0, fail: null, add: { value: 4 } },
      errors: [{ code: 'DOWNSTREAM_SERVICE_ERROR', path: ['fail'] }],
      calls: { adder: 2, multiplier: 1 },
    },
    { title: 'were each run once, in order', query: '{ steps }', data: { steps: ['start', 'add 5', 'multiply 2', 'add 1', 'start', 'add 4'] }, calls: { adder: 1 } },
  ],
};
