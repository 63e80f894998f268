// GraphQL spec §6.3.2 CollectFields, done at compile time: the variables of @skip and @include are known by then, so what
// remains is a plain list of response names per object type.

import { Kind, type FieldNode, type GraphQLCompositeType, type GraphQLSchema, type InlineFragmentNode, type SelectionNode, type SelectionSetNode, isAbstractType } from 'graphql';
import type { DeferredFragments } from '../parse/deferral.ts';
import type { PlannerNames } from '../plan/client-names.ts';

/** Values of the Boolean variables that @skip and @include use. */
export type Switches = Readonly<Record<string, boolean>>;

/** Response name to the nodes that select it, in order of first appearance. */
export type CollectedFields = ReadonlyMap<string, readonly FieldNode[]>;

export interface CollectOptions {
  readonly schema: GraphQLSchema;
  readonly switches: Switches;
  readonly plannerNames: PlannerNames;
  /** Fragments that are written later, each by itself. */
  readonly deferred?: DeferredFragments | undefined;
}

export function collectFields(selectionSets: readonly SelectionSetNode[], type: GraphQLCompositeType, options: CollectOptions): CollectedFields {
  const fields = new Map<string, FieldNode[]>();
  for (const selectionSet of selectionSets) visit(selectionSet, type, options, fields);
  return fields;
}

function visit(selectionSet: SelectionSetNode, type: GraphQLCompositeType, options: CollectOptions, fields: Map<string, FieldNode[]>): void {
  for (const selection of selectionSet.selections) {
    if (!isIncluded(selection, options.switches) || options.deferred?.has(selection)) continue;
    if (selection.kind === Kind.FIELD) {
      const name = (selection.alias ?? selection.name).value;
      const known = fields.get(name);
      if (known) known.push(selection);
      else fields.set(name, [selection]);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value;
      if (condition === undefined || applies(condition, type, options.schema)) visit(selection.selectionSet, type, options, fields);
    } else {
      throw new Error('fragments are expanded before fields are collected');
    }
  }
}

/** The deferred fragments among what is collected for objects of `type`; not those within each other. */
export function collectDeferred(selectionSets: readonly SelectionSetNode[], type: GraphQLCompositeType, options: CollectOptions): readonly InlineFragmentNode[] {
  if (!options.deferred) return [];
  return selectionSets.flatMap(({ selections }) => selections.flatMap((selection): readonly InlineFragmentNode[] => {
    if (selection.kind !== Kind.INLINE_FRAGMENT || !isIncluded(selection, options.switches)) return [];
    const condition = selection.typeCondition?.name.value;
    if (condition !== undefined && !applies(condition, type, options.schema)) return [];
    return options.deferred?.has(selection) ? [selection] : collectDeferred([selection.selectionSet], type, options);
  }));
}

function isIncluded(selection: SelectionNode, switches: Switches): boolean {
  for (const directive of selection.directives ?? []) {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') continue;
    const value = directive.arguments?.[0]?.value;
    const on = value?.kind === Kind.BOOLEAN ? value.value : value?.kind === Kind.VARIABLE && switches[value.name.value] === true;
    if (on === (name === 'skip')) return false;
  }
  return true;
}

function applies(condition: string, type: GraphQLCompositeType, schema: GraphQLSchema): boolean {
  if (condition === type.name) return true;
  const conditional = schema.getType(condition);
  return isAbstractType(conditional) && 'getInterfaces' in type && schema.isSubType(conditional, type);
}
