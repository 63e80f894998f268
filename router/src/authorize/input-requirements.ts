// What arguments ask of a caller: an enum or scalar that is closed to some is closed as input too. Only the values that a
// request really gives count, so an optional closed field of an input type closes nothing until it is used.

import { getNamedType, getNullableType, isInputObjectType, isListType, Kind, valueFromASTUntyped, type FieldNode, type GraphQLField, type GraphQLInputType, type ValueNode } from 'graphql';
import { isObject } from '../execute/json.ts';
import type { Variables } from '../parse/variables.ts';
import type { RequirementIds, Requirements } from './requirements.ts';

type Field = GraphQLField<unknown, unknown>;

const NONE: RequirementIds = [];

export class InputRequirements {
  readonly #requirements: Requirements;
  readonly #closed = new Map<string, boolean>();

  constructor(requirements: Requirements) {
    this.#requirements = requirements;
  }

  /** Whether what this field needs depends on the values of its arguments. */
  concerns(node: FieldNode, definition: Field): boolean {
    return (node.arguments ?? []).some(({ name }) => this.#mayBeClosed(definition.args.find((argument) => argument.name === name.value)?.type));
  }

  /** @param variables - coerced, defaults included. */
  ofArguments(node: FieldNode, definition: Field, variables: Variables): RequirementIds {
    if (!this.concerns(node, definition)) return NONE;
    const ids = new Set<number>();
    for (const { name, value } of node.arguments ?? []) {
      const type = definition.args.find((argument) => argument.name === name.value)?.type;
      if (type && this.#mayBeClosed(type)) this.#collect(type, valueOf(value, variables), ids);
    }
    return [...ids];
  }

  #collect(type: GraphQLInputType, value: unknown, ids: Set<number>): void {
    if (value === null || value === undefined) return;
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      for (const element of Array.isArray(value) ? (value as unknown[]) : [value]) this.#collect(nullable.ofType, element, ids);
    } else if (isInputObjectType(nullable)) {
      if (!isObject(value)) return;
      for (const field of Object.values(nullable.getFields())) if (Object.hasOwn(value, field.name)) this.#collect(field.type, value[field.name], ids);
    } else {
      for (const id of this.#requirements.ofType(nullable.name)) ids.add(id);
    }
  }

  #mayBeClosed(type: GraphQLInputType | undefined): boolean {
    if (!type) return false;
    const named = getNamedType(type);
    const known = this.#closed.get(named.name);
    if (known !== undefined) return known;
    this.#closed.set(named.name, false); // an input type may contain itself
    const closed = isInputObjectType(named) ? Object.values(named.getFields()).some((field) => this.#mayBeClosed(field.type)) : this.#requirements.ofType(named.name).length > 0;
    this.#closed.set(named.name, closed);
    return closed;
  }
}

function valueOf(node: ValueNode, variables: Variables): unknown {
  return node.kind === Kind.VARIABLE ? variables[node.name.value] : valueFromASTUntyped(node, variables);
}
