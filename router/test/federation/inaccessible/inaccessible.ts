// @inaccessible: joins may use what clients may not see.

import { federation, type Idea } from '../idea.ts';

const USERS = [{ id: 'u1', ssn: '1', role: 'BOSS', pet: { __typename: 'Cat', name: 'Tom' } }, { id: 'u2', ssn: '2', role: 'WORKER', pet: { __typename: 'Robot', name: 'R2' } }];

export const idea: Idea = {
  subgraphs: {
    users: {
      sdl: `${federation('key', 'inaccessible')}
        type Query { users(secret: String @inaccessible): [User!]! hidden: Int @inaccessible }
        type User @key(fields: "ssn") { id: ID! ssn: ID! @inaccessible role: Role pet: Pet }
        enum Role { BOSS @inaccessible WORKER }
        union Pet = Cat | Robot
        type Cat { name: String! }
        type Robot @inaccessible { name: String! }`,
      resolvers: { Query: { users: () => USERS } },
    },
    taxes: {
      sdl: `${federation('key', 'inaccessible')} type User @key(fields: "ssn") { ssn: ID! @inaccessible tax: Int! }`,
      resolvers: { User: { __resolveReference: (user: unknown) => user, tax: ({ ssn }: { ssn: string }) => Number(ssn) * 100 } },
    },
  },
  cases: [
    { title: 'joins by a key that clients cannot see', query: '{ users { id tax } }', data: { users: [{ id: 'u1', tax: 100 }, { id: 'u2', tax: 200 }] }, calls: { users: 1, taxes: 1 } },
    { title: 'makes an enum value null that clients may not see', query: '{ users { role } }', data: { users: [{ role: null }, { role: 'WORKER' }] }, errors: [{ code: 'INVALID_RESPONSE', path: ['users', 0, 'role'] }], calls: { users: 1 } },
    { title: 'makes an object null whose type clients may not see', query: '{ users { pet { ... on Cat { name } } } }', data: { users: [{ pet: { name: 'Tom' } }, { pet: null }] }, errors: [{ code: 'INVALID_RESPONSE', path: ['users', 1, 'pet'] }], calls: { users: 1 } },
    { title: 'does not know a hidden field', query: '{ hidden }', data: undefined, errors: [{ code: 'GRAPHQL_VALIDATION_FAILED' }], calls: {} },
    { title: 'does not know a hidden argument', query: '{ users(secret: "x") { id } }', data: undefined, errors: [{ code: 'GRAPHQL_VALIDATION_FAILED' }], calls: {} },
  ],
};
