// What an answer has cost: the same weights as in the estimate, over the lists as they were. Reads the response a client
// gets, so it runs only where reporting is switched on.

import { getNamedType, Kind, type FieldNode, type GraphQLCompositeType, type SelectionSetNode } from 'graphql';
import { isObject, own, type JsonObject } from '../execute/json.ts';
import type { Operation } from '../parse/operation.ts';
import type { Variables } from '../parse/variables.ts';
import { argumentCost } from './argument-cost.ts';
import { weightOfField, type CostModel } from './cost-model.ts';
import { at } from './cost-term.ts';

interface Counting {
  readonly model: CostModel;
  readonly variables: Variables;
}

/** @param data - as the client gets it; null when nothing came back. */
export function actualCost(model: CostModel, { definition, kind }: Operation, variables: Variables, data: unknown): number {
  const root = model.schema.getRootType(definition.operation);
  const base = kind === 'mutation' ? model.config.mutation : 0;
  return root && isObject(data) ? base + ofObject(data, [[definition.selectionSet, root]], { model, variables }) : base;
}

type Selected = readonly (readonly [SelectionSetNode, GraphQLCompositeType])[];

function ofObject(object: JsonObject, selected: Selected, counting: Counting): number {
  const fields = new Map<string, { readonly nodes: FieldNode[]; readonly parent: GraphQLCompositeType }>();
  for (const [selectionSet, parent] of selected) collect(selectionSet, parent, counting, fields);
  let cost = 0;
  for (const [name, { nodes, parent }] of fields) {
    const value = own(object, name);
    const [node] = nodes;
    const definition = node && 'getFields' in parent ? parent.getFields()[node.name.value] : undefined;
    if (value === undefined || !node || !definition) continue;
    const type = getNamedType(definition.type) as GraphQLCompositeType;
    const below: Selected = nodes.flatMap(({ selectionSet }) => (selectionSet ? [[selectionSet, type] as const] : []));
    cost += at(argumentCost(node, definition, parent.name, counting.model.directives), counting.variables);
    cost += ofValue(value, weightOfField(counting.model.directives, parent.name, definition), below, counting);
  }
  return cost;
}

function ofValue(value: unknown, weight: number, below: Selected, counting: Counting): number {
  if (value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, element) => sum + ofValue(element, weight, below, counting), 0);
  return weight + (isObject(value) && below.length > 0 ? ofObject(value, below, counting) : 0);
}

/** Fields of fragments that did not apply are not in the answer; the same response name counts once. */
function collect(selectionSet: SelectionSetNode, parent: GraphQLCompositeType, counting: Counting, fields: Map<string, { readonly nodes: FieldNode[]; readonly parent: GraphQLCompositeType }>): void {
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      const name = (selection.alias ?? selection.name).value;
      const known = fields.get(name);
      if (known) known.nodes.push(selection);
      else fields.set(name, { nodes: [selection], parent });
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition ? (counting.model.schema.getType(selection.typeCondition.name.value) as GraphQLCompositeType) : parent;
      collect(selection.selectionSet, condition, counting, fields);
    }
  }
}
