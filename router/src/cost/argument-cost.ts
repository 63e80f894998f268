// What the arguments of a field cost: an input object weighs 1 and a leaf 0 unless @cost says otherwise, and an object or
// list adds what is in it.

import { getNamedType, getNullableType, isInputObjectType, isListType, Kind, valueFromASTUntyped, visit, type FieldNode, type GraphQLField, type GraphQLInputType, type ValueNode } from 'graphql';
import { isObject } from '../execute/json.ts';
import type { Variables } from '../parse/variables.ts';
import type { CostDirectives } from './cost-directives.ts';
import { add, type Cost } from './cost-term.ts';

export function argumentCost(node: FieldNode, definition: GraphQLField<unknown, unknown>, parent: string, directives: CostDirectives): Cost {
  return add(
    (node.arguments ?? []).map(({ name, value }): Cost => {
      const argument = definition.args.find((candidate) => candidate.name === name.value);
      if (!argument) return 0;
      const place = `${parent}.${definition.name}(${name.value})`;
      const score = (variables: Variables): number => valueCost(value.kind === Kind.VARIABLE ? variables[value.name.value] : valueFromASTUntyped(value, variables), argument.type, place, directives);
      return hasVariable(value) ? score : score({});
    }),
  );
}

function valueCost(value: unknown, type: GraphQLInputType, place: string, directives: CostDirectives): number {
  if (value === null || value === undefined) return 0;
  const nullable = getNullableType(type);
  const named = getNamedType(nullable);
  const weight = directives.weight(place) ?? directives.weight(named.name);
  if (isListType(nullable)) {
    if (!Array.isArray(value)) return valueCost(value, nullable.ofType, place, directives);
    return (weight ?? 0) + value.reduce<number>((sum, element) => sum + valueCost(element, nullable.ofType, place, directives), 0);
  }
  if (!isInputObjectType(nullable) || !isObject(value)) return weight ?? 0;
  const fields = nullable.getFields();
  return Object.entries(value).reduce((sum, [name, inner]) => (Object.hasOwn(fields, name) ? sum + valueCost(inner, fields[name]!.type, `${nullable.name}.${name}`, directives) : sum), weight ?? 1);
}

function hasVariable(value: ValueNode): boolean {
  let found = false;
  visit(value, { Variable: () => void (found = true) });
  return found;
}
