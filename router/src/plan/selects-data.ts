// Whether an operation asks any subgraph for anything. Apollo's planner has been seen to answer an empty plan where it
// should have thrown; such a plan would turn into a silent null.

import { Kind, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';

export function selectsData(definition: OperationDefinitionNode): boolean {
  return anySelected(definition.selectionSet);
}

function anySelected(selectionSet: SelectionSetNode): boolean {
  return selectionSet.selections.some((selection) => {
    if (isSwitchedOff(selection)) return false;
    if (selection.kind === Kind.FIELD) return !selection.name.value.startsWith('__');
    return selection.kind === Kind.INLINE_FRAGMENT && anySelected(selection.selectionSet);
  });
}

/** By a literal, or by a variable as far as anyone can know before the request. */
function isSwitchedOff(selection: SelectionNode): boolean {
  return (selection.directives ?? []).some(({ name, arguments: given }) => {
    const value = given?.[0]?.value;
    return value?.kind === Kind.BOOLEAN && ((name.value === 'skip' && value.value) || (name.value === 'include' && !value.value));
  });
}
