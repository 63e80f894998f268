// From text to one checked operation, kept by text: a client sends the same few documents again and again. The
// operation's normalised text is the key under which everything behind is cached, whatever its white space was.

import {
  GraphQLError, Kind, parse, print, stripIgnoredCharacters, validate, visit,
  type DocumentNode, type GraphQLSchema, type OperationDefinitionNode, type VariableDefinitionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { RequestRefused, type GraphError, type RouterErrorCode } from '../respond/graph-error.ts';
import { expandFragments } from './expand-fragments.ts';
import { enforceLimits } from './limits.ts';
import { DEFAULT_LIMITS, type LimitsConfig } from './limits-config.ts';
import { enforceNesting } from './nesting.ts';

export interface Operation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly name: string | undefined;
  /** Normalised text; equal for operations that mean the same to the letter. */
  readonly key: string;
  /** Exactly this operation, fragments written out. */
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly variableDefinitions: readonly VariableDefinitionNode[];
  /** Variables that @skip and @include depend on. */
  readonly switches: readonly string[];
}

const MAX_CACHED_DOCUMENTS = 2_000;
/** Together; documents are client input, so their number alone is no bound on memory. */
const MAX_CACHED_CHARACTERS = 16_000_000;
const MAX_VALIDATION_ERRORS = 20;

interface KnownDocument {
  uses: number;
  /** By the operation name that was asked for. */
  readonly operations: Map<string | undefined, Operation>;
}

export class OperationParser {
  readonly #schema: GraphQLSchema;
  readonly #limits: LimitsConfig;
  readonly #documents = new LRUCache<string, KnownDocument>({ max: MAX_CACHED_DOCUMENTS, maxSize: MAX_CACHED_CHARACTERS, sizeCalculation: (_, text) => text.length });

  constructor(schema: GraphQLSchema, limits: LimitsConfig = DEFAULT_LIMITS) {
    this.#schema = schema;
    this.#limits = limits;
  }

  /** @throws {RequestRefused} when the text is not one valid operation within the limits. */
  parse(text: string, operationName: string | undefined): Operation {
    const known = this.#documents.get(text);
    const operation = known?.operations.get(operationName);
    if (!known || !operation) return this.#remember(text, operationName, this.#check(parseText(text, this.#limits), operationName));
    known.uses++;
    return operation;
  }

  /** The texts that were asked most often. */
  hottest(count: number): readonly string[] {
    return [...this.#documents.entries()].sort(([, a], [, b]) => b.uses - a.uses).slice(0, count).map(([text]) => text);
  }

  #remember(text: string, operationName: string | undefined, operation: Operation): Operation {
    const known = this.#documents.get(text) ?? { uses: 1, operations: new Map<string | undefined, Operation>() };
    known.operations.set(operationName, operation);
    // A document with one operation may be asked with or without its name.
    if (operationName === undefined) known.operations.set(operation.name, operation);
    this.#documents.set(text, known);
    return operation;
  }

  #check(document: DocumentNode, operationName: string | undefined): Operation {
    const selected = selectOperation(document, operationName);
    enforceLimits(document, this.#limits);
    const errors = validate(this.#schema, document, undefined, { maxErrors: MAX_VALIDATION_ERRORS });
    if (errors.length > 0) throw refused('GRAPHQL_VALIDATION_FAILED', errors);
    const definition = expandFragments(document, selected);
    refuseReservedNames(definition);
    const single: DocumentNode = { kind: Kind.DOCUMENT, definitions: [definition] };
    return {
      kind: definition.operation,
      name: definition.name?.value,
      key: stripIgnoredCharacters(print(single)),
      document: single,
      definition,
      variableDefinitions: definition.variableDefinitions ?? [],
      switches: switchesOf(definition),
    };
  }
}

function parseText(text: string, limits: LimitsConfig): DocumentNode {
  const { maxTokens } = limits;
  enforceNesting(text, limits);
  try {
    return parse(text, { maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw refused(error.message.includes(`${maxTokens} tokens`) ? 'MAX_TOKENS_EXCEEDED' : 'GRAPHQL_PARSE_FAILED', [error]);
  }
}

function selectOperation(document: DocumentNode, operationName: string | undefined): OperationDefinitionNode {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const [first, second] = operations;
  const unresolved = (message: string): RequestRefused => RequestRefused.because(400, 'OPERATION_RESOLUTION_FAILURE', message);
  if (operationName !== undefined) {
    const named = operations.find((operation) => operation.name?.value === operationName);
    if (!named) throw unresolved(`the document has no operation ${JSON.stringify(operationName)}`);
    return named;
  }
  if (!first) throw unresolved('the document has no operation');
  if (second) throw unresolved('operationName must be given: the document has several operations');
  return first;
}

function refused(code: RouterErrorCode, errors: readonly GraphQLError[]): RequestRefused {
  return new RequestRefused(400, errors.map(({ message, locations }): GraphError => ({ message, ...(locations ? { locations } : {}), extensions: { code } })));
}

/** A response key that JavaScript objects cannot hold as data. */
function refuseReservedNames(definition: OperationDefinitionNode): void {
  visit(definition, {
    Field(node) {
      if ((node.alias ?? node.name).value === '__proto__') throw RequestRefused.because(400, 'GRAPHQL_VALIDATION_FAILED', 'alias "__proto__" is reserved');
    },
  });
}

function switchesOf(definition: OperationDefinitionNode): readonly string[] {
  const names = new Set<string>();
  visit(definition, {
    Directive(node) {
      const value = node.arguments?.[0]?.value;
      if ((node.name.value === 'skip' || node.name.value === 'include') && value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names].sort();
}
