// Reads the join directives of a supergraph, in which composition says what each subgraph knows.

import { Kind, type ConstDirectiveNode, type DocumentNode } from 'graphql';

/** The names of subgraphs by their value of join__Graph. */
export function readServiceNames(supergraph: DocumentNode): ReadonlyMap<string, string> {
  const graphs = supergraph.definitions.flatMap((node) => (node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph' ? (node.values ?? []) : []));
  return new Map(graphs.map(({ name, directives = [] }) => [name.value, String(directives.map((directive) => argumentOf(directive, 'name')).find((given) => given !== undefined) ?? name.value)]));
}

/** A string, an enum value or a Boolean. */
export function argumentOf({ arguments: given = [] }: ConstDirectiveNode, name: string): string | boolean | undefined {
  const value = given.find((one) => one.name.value === name)?.value;
  return value && 'value' in value ? value.value : undefined;
}
