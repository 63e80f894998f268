// Writes every fragment spread out as an inline fragment, so the steps behind see one tree. Bounded by the field limit.

import { Kind, type DirectiveNode, type DocumentNode, type FragmentDefinitionNode, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';

export function expandFragments(document: DocumentNode, operation: OperationDefinitionNode): OperationDefinitionNode {
  const fragments = new Map(document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])));
  if (fragments.size === 0) return operation;
  return { ...operation, selectionSet: expand(operation.selectionSet, fragments) };
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function expand(selectionSet: SelectionSetNode, fragments: Fragments): SelectionSetNode {
  return { ...selectionSet, selections: selectionSet.selections.map((selection) => expandSelection(selection, fragments)) };
}

function expandSelection(selection: SelectionNode, fragments: Fragments): SelectionNode {
  if (selection.kind === Kind.FIELD) return selection.selectionSet ? { ...selection, selectionSet: expand(selection.selectionSet, fragments) } : selection;
  if (selection.kind === Kind.INLINE_FRAGMENT) return { ...selection, selectionSet: expand(selection.selectionSet, fragments) };
  const fragment = fragments.get(selection.name.value);
  if (!fragment) throw new Error(`validation lets no unknown fragment ${selection.name.value} through`);
  const directives: readonly DirectiveNode[] = selection.directives ?? [];
  return { kind: Kind.INLINE_FRAGMENT, typeCondition: fragment.typeCondition, directives, selectionSet: expand(fragment.selectionSet, fragments) };
}
