// GraphQL's own validation, the same between two requests and in the planner thread.

import { validate, type DocumentNode, type GraphQLError, type GraphQLSchema } from 'graphql';

const MAX_ERRORS = 20;

export function validateDocument(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] {
  return validate(schema, document, undefined, { maxErrors: MAX_ERRORS });
}
