// What a reload changed, in the words of whoever asked for it: subgraphs, and fields that clients may ask.

import type { GraphQLSchema } from 'graphql';
import type { Supergraph } from '../plan/supergraph.ts';

export interface Changes {
  readonly subgraphs: { readonly added: readonly string[]; readonly removed: readonly string[]; readonly moved: readonly string[] };
  /** `Type.field: type`, also of input types and enums; at most MAX_LISTED each. */
  readonly schema: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

export const NO_CHANGES: Changes = { subgraphs: { added: [], removed: [], moved: [] }, schema: { added: [], removed: [] } };

const MAX_LISTED = 100;

export function describeChanges(before: Supergraph, after: Supergraph): Changes {
  const [old, now] = [before.subgraphUrls, after.subgraphUrls];
  const [oldMembers, newMembers] = [members(before.apiSchema), members(after.apiSchema)];
  return {
    subgraphs: {
      added: [...now.keys()].filter((name) => !old.has(name)),
      removed: [...old.keys()].filter((name) => !now.has(name)),
      moved: [...now].flatMap(([name, url]) => (old.has(name) && old.get(name) !== url ? [name] : [])),
    },
    schema: { added: missing(newMembers, oldMembers), removed: missing(oldMembers, newMembers) },
  };
}

function members(schema: GraphQLSchema): ReadonlySet<string> {
  const found = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    found.add(type.name);
    if ('getFields' in type) for (const field of Object.values(type.getFields())) found.add(`${type.name}.${field.name}: ${String(field.type)}`);
    if ('getValues' in type) for (const value of type.getValues()) found.add(`${type.name}.${value.name}`);
    if ('getTypes' in type) for (const member of type.getTypes()) found.add(`${type.name} = ${member.name}`);
  }
  return found;
}

function missing(all: ReadonlySet<string>, known: ReadonlySet<string>): readonly string[] {
  return [...all].filter((member) => !known.has(member)).slice(0, MAX_LISTED);
}
