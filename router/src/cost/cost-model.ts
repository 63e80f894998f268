// What an operation costs, by the cost directive specification as federated graphs use it:
//
//   operation = 10 for a mutation + its fields          field = size x (weight + fields below) + arguments
//
// An object weighs 1 and a leaf 0 unless @cost says otherwise; size is 1 but for a list: the parent's @listSize when it
// names the field, its own, or an assumed one. Compiled once per operation; what no variable changes is a plain number.

import { getNamedType, getNullableType, isCompositeType, isListType, Kind, type FieldNode, type GraphQLCompositeType, type GraphQLField, type GraphQLSchema, type SelectionNode, type SelectionSetNode } from 'graphql';
import type { Operation } from '../parse/operation.ts';
import type { Variables } from '../parse/variables.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { argumentCost } from './argument-cost.ts';
import type { CostConfig } from './cost-config.ts';
import type { CostDirectives } from './cost-directives.ts';
import { expectedSize, sizeByParent, type Sizing } from './list-size.ts';
import { add, at, multiply, type Cost } from './cost-term.ts';

export class CostModel {
  readonly schema: GraphQLSchema;
  readonly directives: CostDirectives;
  readonly config: CostConfig;
  readonly #compiled = new WeakMap<Operation, Cost>();

  constructor(schema: GraphQLSchema, directives: CostDirectives, config: CostConfig) {
    this.schema = schema;
    this.directives = directives;
    this.config = config;
  }

  /**
   * Estimates an operation.
   *
   * @param variables - coerced, defaults included.
   * @returns the cost, at most the configured one.
   * @throws {RequestRefused} MAX_COST_EXCEEDED; SLICING_ARGUMENT_REQUIRED.
   */
  enforce(operation: Operation, variables: Variables): number {
    let cost = this.#compiled.get(operation);
    if (cost === undefined) this.#compiled.set(operation, (cost = this.#compile(operation)));
    const estimated = Math.max(0, at(cost, variables));
    // A product of sizes beyond range may be no number at all: it is refused too.
    if (estimated <= this.config.max) return estimated;
    throw RequestRefused.because(400, 'MAX_COST_EXCEEDED', `an operation may cost at most ${this.config.max}, its estimate was ${estimated}`);
  }

  #compile({ definition, kind }: Operation): Cost {
    const root = this.schema.getRootType(definition.operation);
    if (!root) throw new Error(`the schema has no ${definition.operation} type`);
    return add([kind === 'mutation' ? this.config.mutation : 0, this.#ofSelections(definition.selectionSet, root, undefined)]);
  }

  #ofSelections(selectionSet: SelectionSetNode, parent: GraphQLCompositeType, sizing: Sizing | undefined): Cost {
    return add(selectionSet.selections.map((selection) => unlessSwitchedOff(selection, this.#ofSelection(selection, parent, sizing))));
  }

  #ofSelection(selection: SelectionNode, parent: GraphQLCompositeType, sizing: Sizing | undefined): Cost {
    if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('fragments are expanded before costs are estimated');
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition ? (this.schema.getType(selection.typeCondition.name.value) as GraphQLCompositeType) : parent;
      return this.#ofSelections(selection.selectionSet, condition, sizing);
    }
    const definition = 'getFields' in parent ? parent.getFields()[selection.name.value] : undefined;
    return definition ? this.#ofField(selection, definition, parent, sizing) : 0; // __typename, __schema, __type
  }

  #ofField(node: FieldNode, definition: GraphQLField<unknown, unknown>, parent: GraphQLCompositeType, sizing: Sizing | undefined): Cost {
    const own = expectedSize(node, definition, this.directives.listSize(parent.name, definition.name), this.config.listSize);
    const type = getNamedType(definition.type);
    const below = node.selectionSet ? this.#ofSelections(node.selectionSet, type as GraphQLCompositeType, own) : 0;
    const size = isListType(getNullableType(definition.type)) ? (sizeByParent(sizing, definition.name) ?? own?.size ?? this.config.listSize) : 1;
    const weight = weightOfField(this.directives, parent.name, definition);
    // A missing slicing argument is refused even where no list is counted by it.
    return add([multiply(size, add([weight, below])), argumentCost(node, definition, parent.name, this.directives), own?.check ?? 0]);
  }
}

/** Of one instance, without what is below it. */
export function weightOfField(directives: CostDirectives, parent: string, { name, type }: GraphQLField<unknown, unknown>): number {
  const named = getNamedType(type);
  return directives.fieldWeight(parent, name) ?? directives.weight(named.name) ?? (isCompositeType(named) ? 1 : 0);
}

function unlessSwitchedOff(selection: SelectionNode, cost: Cost): Cost {
  return (selection.directives ?? []).reduce((rest, directive) => {
    const value = directive.arguments?.[0]?.value;
    const isSkip = directive.name.value === 'skip';
    if (!value || (!isSkip && directive.name.value !== 'include')) return rest;
    if (value.kind === Kind.BOOLEAN) return value.value === isSkip ? 0 : rest;
    if (value.kind !== Kind.VARIABLE) return rest;
    const { value: name } = value.name;
    return (variables: Variables) => ((variables[name] === true) === isSkip ? 0 : at(rest, variables));
  }, cost);
}
