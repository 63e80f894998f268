// How many elements a list is expected to have: by the argument that slices it, or by assumption.

import { isNonNullType, Kind, valueFromASTUntyped, type FieldNode, type GraphQLField } from 'graphql';
import type { Variables } from '../parse/variables.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import type { ListSize } from './cost-directives.ts';
import type { Cost } from './cost-term.ts';

export interface Sizing {
  readonly size: Cost;
  /** Costs nothing; throws where a slicing argument is missing. */
  readonly check: Cost;
  /** Lists below that this size is meant for. */
  readonly sizedFields: readonly string[];
}

export function sizeByParent(sizing: Sizing | undefined, field: string): Cost | undefined {
  return sizing?.sizedFields.includes(field) ? sizing.size : undefined;
}

/** @returns undefined where nothing is said of this field. */
export function expectedSize(node: FieldNode, definition: GraphQLField<unknown, unknown>, listSize: ListSize | undefined, assumed: number): Sizing | undefined {
  if (!listSize) return undefined;
  const { slicingArguments, sizedFields, requireOneSlicingArgument } = listSize;
  const otherwise = listSize.assumedSize ?? assumed;
  if (slicingArguments.length === 0) return { size: otherwise, check: 0, sizedFields };
  const given = (variables: Variables): readonly number[] => slicingArguments.flatMap((name) => valueOf(name, node, definition, variables) ?? []);
  const size = (variables: Variables): number => {
    const sizes = given(variables);
    // A negative number is no size: whatever it means to the subgraph, it must not make the operation cheaper.
    return sizes.length === 0 || sizes.some((value) => value < 0) ? otherwise : Math.max(...sizes);
  };
  const check = (variables: Variables): number => {
    const { length } = given(variables);
    if (!requireOneSlicingArgument || length === 1) return 0;
    throw RequestRefused.because(400, 'SLICING_ARGUMENT_REQUIRED', `${definition.name} needs exactly one of ${slicingArguments.join(', ')}, was given ${length}`);
  };
  return { size, check, sizedFields };
}

/** What the subgraph will see: the argument, or its default. */
function valueOf(name: string, node: FieldNode, definition: GraphQLField<unknown, unknown>, variables: Variables): number | undefined {
  const argument = definition.args.find((candidate) => candidate.name === name);
  const given = node.arguments?.find((candidate) => candidate.name.value === name)?.value;
  const value: unknown = !given ? undefined : given.kind === Kind.VARIABLE ? variables[given.name.value] : valueFromASTUntyped(given, variables);
  const effective = value === undefined || (value === null && argument && isNonNullType(argument.type)) ? argument?.defaultValue : value;
  return typeof effective === 'number' ? effective : undefined;
}
