// Parsed and validated documents by their text. The router sends the same few hundred documents over and over; parsing
// and validating each once takes them off the hot path. Refused documents are not kept.

import { GraphQLError, getOperationAST, parse, validate, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { ClientError } from './errors.ts';

const MAX_DOCUMENTS = 1_000;
const MAX_TOKENS = 10_000;

export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

export class DocumentCache {
  readonly #schema: GraphQLSchema;
  readonly #documents = new LRUCache<string, DocumentNode>({ max: MAX_DOCUMENTS });

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** @returns the operation to run, or the errors that refuse it. */
  prepare(text: string, operationName: string | null | undefined): PreparedOperation | readonly GraphQLError[] {
    const document = this.#documents.get(text) ?? this.#check(text);
    if ('length' in document) return document;
    const operation = getOperationAST(document, operationName);
    if (!operation) return [refusal(`operation ${JSON.stringify(operationName ?? null)} is not in the document, or not the only one`)];
    return { document, operation };
  }

  #check(text: string): DocumentNode | readonly GraphQLError[] {
    try {
      const document = parse(text, { maxTokens: MAX_TOKENS });
      const errors = validate(this.#schema, document);
      if (errors.length > 0) return errors;
      this.#documents.set(text, document);
      return document;
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }
}

function refusal(message: string): GraphQLError {
  return new GraphQLError(message, { originalError: new ClientError('VALIDATION', message) });
}
