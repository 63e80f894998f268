// The supergraph as the planner is given it: the same graph, written so that faults of Apollo's planner stay asleep.

import { Kind, visit, type DirectiveNode, type DocumentNode, type InterfaceTypeDefinitionNode, type ObjectTypeDefinitionNode } from 'graphql';
import { nameRequiredArguments, type PlannerSchema } from './required-arguments.ts';

/** Pure; `document` itself comes back when there is nothing to change. */
export function plannerSchema(document: DocumentNode): PlannerSchema {
  return nameRequiredArguments(visit(document, { ObjectTypeDefinition: resolvableKeysFirst, InterfaceTypeDefinition: resolvableKeysFirst }));
}

/**
 * Going back to a subgraph for a @requires, the planner takes the first key whose fields it has at hand, `resolvable: false`
 * or not; a subgraph cannot answer to such a key.
 */
function resolvableKeysFirst<Type extends ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode>(type: Type): Type | undefined {
  const directives = type.directives ?? [];
  if (!directives.some(isUnresolvableKey)) return undefined;
  return { ...type, directives: [...directives.filter((directive) => !isUnresolvableKey(directive)), ...directives.filter(isUnresolvableKey)] };
}

function isUnresolvableKey({ name, arguments: given }: DirectiveNode): boolean {
  return name.value === 'join__type' && (given ?? []).some((argument) => argument.name.value === 'resolvable' && argument.value.kind === Kind.BOOLEAN && !argument.value.value);
}
