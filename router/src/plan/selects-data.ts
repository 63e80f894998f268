// Whether an operation asks any subgraph for anything. Apollo's planner has been seen to answer an empty plan where it
// should have thrown; such a plan would turn into a silent null.

import { Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

export function selectsData(definition: OperationDefinitionNode): boolean {
  return anySelected(definition.selectionSet);
}

function anySelected(selectionSet: SelectionSetNode): boolean {
  return selectionSet.selections.some((selection) => {
    if (selection.kind === Kind.FIELD) return !selection.name.value.startsWith('__');
    return selection.kind === Kind.INLINE_FRAGMENT && anySelected(selection.selectionSet);
  });
}
