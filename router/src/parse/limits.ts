// Bounds on what one operation may ask, checked before validation (whose own cost grows with the square of the fields).
// Fragments are measured once each and counted per use, so a bomb of nested spreads is cheap to refuse; what is in the
// document beside the operation is measured too, since validation looks at all of it.

import { Kind, type DocumentNode, type FragmentDefinitionNode, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';
import { RequestRefused, type RouterErrorCode } from '../respond/graph-error.ts';
import type { LimitsConfig } from './limits-config.ts';
import { maxNesting } from './nesting.ts';

/** @throws {RequestRefused} naming the bound and what was asked. */
export function enforceLimits(document: DocumentNode, limits: LimitsConfig): void {
  const measure = new Measure(document);
  for (const node of document.definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) enforce(measure.of(node.selectionSet), limits, node);
    if (node.kind === Kind.FRAGMENT_DEFINITION) enforce({ ...measure.of(node.selectionSet), rootFields: 0 }, limits, node);
  }
}

function enforce(size: Size, limits: LimitsConfig, { directives }: OperationDefinitionNode | FragmentDefinitionNode): void {
  if (size.introspectionDepth > 0 && limits.introspection !== true) throw RequestRefused.because(400, 'INTROSPECTION_DISABLED', 'introspection is switched off');
  bound('MAX_DEPTH_EXCEEDED', 'levels of fields', size.depth, limits.maxDepth);
  bound('MAX_DEPTH_EXCEEDED', 'levels of introspection', size.introspectionDepth, limits.maxIntrospectionDepth);
  bound('MAX_DEPTH_EXCEEDED', 'levels of fields and fragments', size.nesting, maxNesting(limits));
  bound('MAX_ROOT_FIELDS_EXCEEDED', 'root fields', size.rootFields, limits.maxRootFields);
  bound('MAX_ALIASES_EXCEEDED', 'aliases', size.aliases, limits.maxAliases);
  bound('MAX_DIRECTIVES_EXCEEDED', 'directives', size.directives + (directives?.length ?? 0), limits.maxDirectives);
  bound('MAX_FIELDS_EXCEEDED', 'fields', size.fields, limits.maxFields);
}

function bound(code: RouterErrorCode, what: string, observed: number, limit: number): void {
  if (observed > limit) throw RequestRefused.because(400, code, `an operation may have at most ${limit} ${what}, was ${observed}`);
}

interface Size {
  readonly depth: number;
  /** Of the deepest `__schema` or `__type`, itself included; 0 without any. */
  readonly introspectionDepth: number;
  /** Fields, inline fragments and spreads within each other. */
  readonly nesting: number;
  readonly rootFields: number;
  readonly aliases: number;
  readonly directives: number;
  readonly fields: number;
}

const NOTHING: Size = { depth: 0, introspectionDepth: 0, nesting: 0, rootFields: 0, aliases: 0, directives: 0, fields: 0 };

class Measure {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #measured = new Map<string, Size>();

  constructor(document: DocumentNode) {
    this.#fragments = new Map(document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])));
  }

  of(selectionSet: SelectionSetNode): Size {
    let { depth, introspectionDepth, nesting, rootFields, aliases, directives, fields } = NOTHING;
    for (const selection of selectionSet.selections) {
      const inner = this.#inside(selection);
      const isField = selection.kind === Kind.FIELD;
      depth = Math.max(depth, inner.depth + (isField ? 1 : 0));
      introspectionDepth = Math.max(introspectionDepth, isField && isIntrospection(selection.name.value) ? inner.depth + 1 : inner.introspectionDepth);
      nesting = Math.max(nesting, inner.nesting + 1);
      rootFields += isField ? 1 : inner.rootFields;
      aliases += inner.aliases + (isField && selection.alias ? 1 : 0);
      directives += inner.directives + (selection.directives?.length ?? 0);
      fields += inner.fields + (isField ? 1 : 0);
    }
    return { depth, introspectionDepth, nesting, rootFields, aliases, directives, fields };
  }

  #inside(selection: SelectionNode): Size {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#ofFragment(selection.name.value);
    return selection.selectionSet ? this.of(selection.selectionSet) : NOTHING;
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

function isIntrospection(name: string): boolean {
  return name === '__schema' || name === '__type';
}
