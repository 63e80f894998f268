// Where @defer may stand, by the validation rules of the incremental delivery proposal (2022-08-24); graphql 16 knows it
// only as any directive. A planner throws on it in a subscription, and a mutation's root fields run in order or not at all.

import { Kind, visit, type DocumentNode, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import { RequestRefused } from '../respond/graph-error.ts';
import { argumentOf, deferOf, deferrals, isDeferred } from './deferral.ts';
import type { LimitsConfig } from './limits-config.ts';

/**
 * @param definition - with its fragments written out.
 * @throws {RequestRefused} GRAPHQL_VALIDATION_FAILED or MAX_DEFERS_EXCEEDED.
 */
export function enforceDeferRules(document: DocumentNode, definition: OperationDefinitionNode, { maxDefers }: LimitsConfig): void {
  const defers = deferrals(definition.selectionSet);
  if (defers.length === 0) return;
  if (defers.length > maxDefers) throw RequestRefused.because(400, 'MAX_DEFERS_EXCEEDED', `an operation may defer at most ${maxDefers} fragments, was ${defers.length}`);
  refuseUnclearLabels(document);
  if (definition.operation === 'subscription' && defers.some((defer) => isDeferred(defer, {}))) throw invalid('@defer is not served in subscriptions');
  if (definition.operation === 'mutation' && defersAtRoot(definition.selectionSet)) throw invalid('@defer cannot be used on the root of a mutation');
}

function refuseUnclearLabels(document: DocumentNode): void {
  const labels = new Set<string>();
  visit(document, {
    Directive(directive) {
      const label = directive.name.value === 'defer' ? argumentOf(directive, 'label') : undefined;
      if (label === undefined || label.kind === Kind.NULL) return;
      if (label.kind !== Kind.STRING) throw invalid('the label of @defer must be a string, not a variable');
      if (labels.has(label.value)) throw invalid(`the label ${JSON.stringify(label.value)} of @defer is not unique`);
      labels.add(label.value);
    },
  });
}

function defersAtRoot({ selections }: SelectionSetNode): boolean {
  return selections.some((selection) => selection.kind === Kind.INLINE_FRAGMENT && (deferOf(selection) !== undefined || defersAtRoot(selection.selectionSet)));
}

function invalid(message: string): RequestRefused {
  return RequestRefused.because(400, 'GRAPHQL_VALIDATION_FAILED', message);
}
