// @defer as the router reads it. An operation is run without it unless the client takes its answer in parts; then the
// fragments that its variables defer are marked, each with a stage of its own name by which the plan is cut:
//
//   ... @defer(label: "reviews", if: $slowly) { reviews { body } }   =>   ... @defer(label: "d0") { reviews { body } }

import { Kind, type DirectiveNode, type InlineFragmentNode, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode, type ValueNode } from 'graphql';

/** A fragment whose data comes in a part of its own. */
export interface DeferredFragment {
  /** The client's name for it. */
  readonly label: string | undefined;
  /** Which fetches of the plan are its own. */
  readonly stage: string;
}

export type DeferredFragments = ReadonlyMap<SelectionNode, DeferredFragment>;

export interface MarkedDefinition {
  readonly definition: OperationDefinitionNode;
  /** By node of `definition`. */
  readonly deferred: DeferredFragments;
}

/** Every @defer below, whatever the variables; fragments are written out. */
export function deferrals({ selections }: SelectionSetNode): readonly DirectiveNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    const defer = deferOf(selection);
    return [...(defer ? [defer] : []), ...(selection.selectionSet ? deferrals(selection.selectionSet) : [])];
  });
}

/** A variable that is not given counts as true, the default. */
export function isDeferred(defer: DirectiveNode, coerced: Readonly<Record<string, unknown>>): boolean {
  const condition = argumentOf(defer, 'if');
  if (condition?.kind === Kind.VARIABLE) return coerced[condition.name.value] !== false;
  return condition?.kind !== Kind.BOOLEAN || condition.value;
}

/** @param isWanted - of the rest the directive is taken away. */
export function markDeferred(definition: OperationDefinitionNode, isWanted: (defer: DirectiveNode) => boolean): MarkedDefinition {
  const deferred = new Map<SelectionNode, DeferredFragment>();
  let stages = 0;
  const markAll = (selectionSet: SelectionSetNode): SelectionSetNode => ({ ...selectionSet, selections: selectionSet.selections.map(mark) });
  const mark = (selection: SelectionNode): SelectionNode => {
    if (selection.kind === Kind.FRAGMENT_SPREAD || !selection.selectionSet) return selection;
    const defer = deferOf(selection);
    if (selection.kind === Kind.FIELD || !defer) return { ...selection, selectionSet: markAll(selection.selectionSet) };
    const others = selection.directives!.filter((directive) => directive !== defer);
    if (!isWanted(defer)) return { ...selection, directives: others, selectionSet: markAll(selection.selectionSet) };
    const stage = `d${stages++}`;
    const label = argumentOf(defer, 'label');
    const marked: InlineFragmentNode = { ...selection, directives: [...others, deferTo(stage)], selectionSet: markAll(selection.selectionSet) };
    deferred.set(marked, { stage, label: label?.kind === Kind.STRING ? label.value : undefined });
    return marked;
  };
  return { definition: { ...definition, selectionSet: markAll(definition.selectionSet) }, deferred };
}

export function deferOf({ directives }: SelectionNode): DirectiveNode | undefined {
  return directives?.find(({ name }) => name.value === 'defer');
}

export function argumentOf(directive: DirectiveNode, name: string): ValueNode | undefined {
  return directive.arguments?.find((argument) => argument.name.value === name)?.value;
}

function deferTo(stage: string): DirectiveNode {
  const label = { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'label' }, value: { kind: Kind.STRING, value: stage } } as const;
  return { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'defer' }, arguments: [label] };
}
