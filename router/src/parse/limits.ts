// Bounds on what one operation may ask, checked before validation (whose own cost grows with the square of the fields).
// Fragments are measured once each and counted per use, so a bomb of nested spreads is cheap to refuse.

import { Kind, type DocumentNode, type FragmentDefinitionNode, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import { RequestRefused, type RouterErrorCode } from '../respond/graph-error.ts';
import type { LimitsConfig } from './limits-config.ts';

/** @throws {RequestRefused} naming the bound and what was asked. */
export function enforceLimits(document: DocumentNode, operation: OperationDefinitionNode, limits: LimitsConfig): void {
  const size = new Measure(document).of(operation.selectionSet);
  bound('MAX_DEPTH_EXCEEDED', 'depth', size.depth, limits.maxDepth);
  bound('MAX_ROOT_FIELDS_EXCEEDED', 'root fields', size.rootFields, limits.maxRootFields);
  bound('MAX_ALIASES_EXCEEDED', 'aliases', size.aliases, limits.maxAliases);
  bound('MAX_FIELDS_EXCEEDED', 'fields', size.fields, limits.maxFields);
}

function bound(code: RouterErrorCode, what: string, observed: number, limit: number): void {
  if (observed > limit) throw RequestRefused.because(400, code, `an operation may have at most ${limit} ${what}, was ${observed}`);
}

interface Size {
  readonly depth: number;
  readonly rootFields: number;
  readonly aliases: number;
  readonly fields: number;
}

const NOTHING: Size = { depth: 0, rootFields: 0, aliases: 0, fields: 0 };

class Measure {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #measured = new Map<string, Size>();

  constructor(document: DocumentNode) {
    this.#fragments = new Map(document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])));
  }

  of(selectionSet: SelectionSetNode): Size {
    let { depth, rootFields, aliases, fields } = NOTHING;
    for (const selection of selectionSet.selections) {
      const isField = selection.kind === Kind.FIELD;
      const inner = isField ? this.#ofField(selection.selectionSet) : selection.kind === Kind.INLINE_FRAGMENT ? this.of(selection.selectionSet) : this.#ofFragment(selection.name.value);
      depth = Math.max(depth, inner.depth + (isField ? 1 : 0));
      rootFields += isField ? 1 : inner.rootFields;
      aliases += inner.aliases + (isField && selection.alias ? 1 : 0);
      fields += inner.fields + (isField ? 1 : 0);
    }
    return { depth, rootFields, aliases, fields };
  }

  #ofField(selectionSet: SelectionSetNode | undefined): Size {
    return selectionSet ? this.of(selectionSet) : NOTHING;
  }

  #ofFragment(name: string): Size {
    const known = this.#measured.get(name);
    if (known) return known;
    // A cycle counts nothing here; validation refuses it.
    this.#measured.set(name, NOTHING);
    const fragment = this.#fragments.get(name);
    const size = fragment ? this.of(fragment.selectionSet) : NOTHING;
    this.#measured.set(name, size);
    return size;
  }
}
