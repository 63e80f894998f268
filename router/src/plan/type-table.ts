// Which object type belongs to which interface or union, by name, over the whole supergraph: inaccessible types
// included, since entity representations speak of them although clients may not.

import { Kind, type DocumentNode } from 'graphql';

export class TypeTable {
  readonly #supertypes = new Map<string, Set<string>>();
  readonly #objects = new Set<string>();

  constructor(supergraph: DocumentNode) {
    for (const node of supergraph.definitions) {
      if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION) {
        if (node.kind === Kind.OBJECT_TYPE_DEFINITION) this.#objects.add(node.name.value);
        for (const implemented of node.interfaces ?? []) this.#add(node.name.value, implemented.name.value);
      }
      if (node.kind === Kind.UNION_TYPE_DEFINITION) for (const member of node.types ?? []) this.#add(member.name.value, node.name.value);
    }
  }

  /** Whether an object whose __typename is `typeName` satisfies `... on condition`. */
  is(typeName: string, condition: string): boolean {
    return typeName === condition || (this.#supertypes.get(typeName)?.has(condition) ?? false);
  }

  isObject(typeName: string): boolean {
    return this.#objects.has(typeName);
  }

  #add(type: string, supertype: string): void {
    const known = this.#supertypes.get(type);
    if (known) known.add(supertype);
    else this.#supertypes.set(type, new Set([supertype]));
  }
}
