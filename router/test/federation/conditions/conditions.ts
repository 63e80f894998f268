// @skip and @include decide what is fetched, not only what is shown.

import { federation, type Idea } from '../idea.ts';

const NEVER = (): never => {
  throw new Error('this is never asked for');
};

export const idea: Idea = {
  subgraphs: {
    users: { sdl: `${federation('key')} type Query { me: User! other: User! } type User @key(fields: "id") { id: ID! name: String! email: String! never: Int }`, resolvers: { Query: { me: () => ({ id: '1', name: 'Ada', email: 'a@b' }), other: () => ({ id: '2', name: 'Bob' }) }, User: { never: NEVER } } },
    posts: {
      sdl: `${federation('key', 'external', 'requires')} type User @key(fields: "id") { id: ID! email: String! @external posts: [Post!]! count: Int! mail: String! @requires(fields: "email") } type Post @key(fields: "id") { id: ID! body: String! }`,
      resolvers: { User: { __resolveReference: (user: unknown) => user, posts: ({ id }: { id: string }) => [{ id: `${id}p`, body: 'hi' }], count: () => 1, mail: ({ email }: { email?: string }) => `to ${email!}` } },
    },
    likes: { sdl: `${federation('key')} type Post @key(fields: "id") { id: ID! likes: Int! }`, resolvers: { Post: { __resolveReference: (post: unknown) => post, likes: () => 7 } } },
  },
  cases: [
    { title: 'does not call a subgraph for a field that is left out', query: 'query($all: Boolean!) { me { name posts @include(if: $all) { body } } }', variables: { all: false }, data: { me: { name: 'Ada' } }, calls: { users: 1 } },
    { title: 'calls it when the field is in', query: 'query($all: Boolean!) { me { name posts @include(if: $all) { body } } }', variables: { all: true }, data: { me: { name: 'Ada', posts: [{ body: 'hi' }] } }, calls: { users: 1, posts: 1 } },
    { title: 'takes the default of a variable', query: 'query($less: Boolean = true) { me { name ... @skip(if: $less) { posts { likes } } } }', data: { me: { name: 'Ada' } }, calls: { users: 1 } },
    { title: 'lets a variable override its default', query: 'query($less: Boolean = true) { me { name ... @skip(if: $less) { posts { likes } } } }', variables: { less: false }, data: { me: { name: 'Ada', posts: [{ likes: 7 }] } }, calls: { users: 1, posts: 1, likes: 1 } },
    {
      title: 'takes both on one field, and nested ones',
      query: 'query($yes: Boolean!, $no: Boolean!) { me { a: name @skip(if: $no) @include(if: $yes) b: name @skip(if: $yes) @include(if: $yes) posts @include(if: $yes) { body likes @include(if: $no) } } }',
      variables: { yes: true, no: false },
      data: { me: { a: 'Ada', posts: [{ body: 'hi' }] } },
      calls: { users: 1, posts: 1 },
    },
    { title: 'on fragments', query: 'query($no: Boolean!) { me { ...Posts @include(if: $no) ...Name @skip(if: $no) } } fragment Posts on User { posts { body } count } fragment Name on User { name }', variables: { no: false }, data: { me: { name: 'Ada' } }, calls: { users: 1 } },
    { title: 'keeps a field that another selection still wants', query: 'query($no: Boolean!) { me { posts @include(if: $no) { likes } posts { body } } }', variables: { no: false }, data: { me: { posts: [{ body: 'hi' }] } }, calls: { users: 1, posts: 1 } },
    { title: 'at the root', query: 'query($no: Boolean!) { me @include(if: $no) { name } other @skip(if: $no) { count } }', variables: { no: false }, data: { other: { count: 1 } }, calls: { users: 1, posts: 1 } },
    { title: 'with everything left out', query: 'query($no: Boolean!) { me @include(if: $no) { name } }', variables: { no: false }, data: {}, calls: {} },
    { title: 'leaves out what a field requires, and not the fields beside it', query: 'query($mail: Boolean!) { me { count mail @include(if: $mail) } }', variables: { mail: false }, data: { me: { count: 1 } }, calls: { users: 1, posts: 1 } },
    { title: 'brings what a field requires when it is in', query: 'query($mail: Boolean!) { me { count mail @include(if: $mail) } }', variables: { mail: true }, data: { me: { count: 1, mail: 'to a@b' } }, calls: { users: 1, posts: 1 } },
    { title: 'the same by a literal, in a fragment', query: '{ me { count ... @skip(if: true) { mail } } }', data: { me: { count: 1 } }, calls: { users: 1, posts: 1 } },
    { title: 'keeps an object of which nothing is left', query: 'query($no: Boolean!) { me { name @include(if: $no) ... @include(if: $no) { count } } }', variables: { no: false }, data: { me: {} }, calls: { users: 1 } },
    { title: 'with literals', query: '{ me { name @skip(if: false) never @include(if: false) count @skip(if: true) } }', data: { me: { name: 'Ada' } }, calls: { users: 1 } },
    { title: 'with literals that leave nothing', query: '{ me @skip(if: true) { name } }', data: {}, calls: {} },
  ],
};
