// Which part of an answer tells of which error. Each error is told once, as it would be without @defer.

import { Kind, type SelectionSetNode } from 'graphql';
import type { Operation } from '../parse/operation.ts';
import type { GraphError, ResponsePath } from '../respond/graph-error.ts';
import type { DeferredPart } from '../respond/project.ts';
import { EVERY_ELEMENT } from './targets.ts';

/** The stages in which the client asks for the field at `path`; `undefined` for the first answer. */
export function stagesSelecting(path: ResponsePath, { definition, deferred }: Pick<Operation, 'definition' | 'deferred'>): ReadonlySet<string | undefined> {
  const stages = new Set<string | undefined>();
  const names = path.filter((element) => element !== EVERY_ELEMENT && typeof element === 'string');
  collect(definition.selectionSet, 0, undefined);
  return stages;

  function collect({ selections }: SelectionSetNode, depth: number, stage: string | undefined): void {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet, depth, deferred?.get(selection)?.stage ?? stage);
      if (selection.kind !== Kind.FIELD || (selection.alias ?? selection.name).value !== names[depth]) continue;
      if (depth === names.length - 1) stages.add(stage);
      else if (selection.selectionSet) collect(selection.selectionSet, depth + 1, stage);
    }
  }
}

/** An error that lies below none of the parts (it concerns a whole list) goes with the first. */
export function divideErrors(errors: readonly GraphError[], parts: readonly DeferredPart[]): ReadonlyMap<DeferredPart, readonly GraphError[]> {
  const divided = new Map<DeferredPart, GraphError[]>(parts.map((part) => [part, []]));
  for (const error of errors) {
    const owner = parts.find(({ path }) => path.every((element, index) => error.path?.[index] === element)) ?? parts[0];
    if (owner) divided.get(owner)?.push(error);
  }
  return divided;
}
