// Checks the variables of one request against the operation's definitions. Subgraphs get what the client sent; the
// coerced values, defaults included, decide @skip and @include.

import { getVariableValues, type GraphQLSchema } from 'graphql';
import { RequestRefused } from '../respond/graph-error.ts';
import type { LimitsConfig } from './limits-config.ts';
import type { Operation } from './operation.ts';
import { enforceVariableLimits } from './variable-limits.ts';

export type Variables = Readonly<Record<string, unknown>>;

const MAX_VARIABLE_ERRORS = 20;
const NONE: Variables = {};

/** @throws {RequestRefused} BAD_USER_INPUT, one error per variable that does not fit; MAX_VARIABLES_EXCEEDED. */
export function coerceVariables(schema: GraphQLSchema, operation: Operation, given: Variables, limits: LimitsConfig): Variables {
  enforceVariableLimits(given, limits);
  if (operation.variableDefinitions.length === 0) return NONE;
  const { errors, coerced } = getVariableValues(schema, operation.variableDefinitions, given, { maxErrors: MAX_VARIABLE_ERRORS });
  if (coerced) return coerced;
  throw new RequestRefused(400, (errors ?? []).map(({ message, locations }) => ({ message, ...(locations ? { locations } : {}), extensions: { code: 'BAD_USER_INPUT' } })));
}
