// From text to one checked operation, kept by text: a client sends the same few documents again and again. The
// operation's normalised text is the key under which everything behind is cached, whatever its white space was.

import {
  GraphQLError, Kind, parse, print, stripIgnoredCharacters, visit,
  type DocumentNode, type GraphQLSchema, type OperationDefinitionNode, type VariableDefinitionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { InvalidPlace, Planner } from '../plan/planner.ts';
import { CacheTally } from '../observe/cache-tally.ts';
import { RequestRefused, type GraphError, type RouterErrorCode } from '../respond/graph-error.ts';
import { enforceDeferRules } from './defer-rules.ts';
import { deferrals, markDeferred, type DeferredFragments } from './deferral.ts';
import { expandFragments } from './expand-fragments.ts';
import { enforceLimits } from './limits.ts';
import { DEFAULT_LIMITS, type LimitsConfig } from './limits-config.ts';
import { enforceNesting } from './nesting.ts';
import { OperationInParts } from './operation-in-parts.ts';
import { validateDocument } from './validate-document.ts';

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
  /** Present when it has @defer, which otherwise is not heeded. */
  readonly inParts?: OperationInParts<Operation>;
  /** Fragments whose data comes in later parts. */
  readonly deferred?: DeferredFragments;
}

const MAX_CACHED_DOCUMENTS = 2_000;
/** Together; documents are client input, so their number alone is no bound on memory. */
const MAX_CACHED_CHARACTERS = 16_000_000;
/** Validation takes time by the square of the fields: up to here some milliseconds at most, beyond it up to a second. */
const MAX_CHARACTERS_VALIDATED_HERE = 1_500;

interface KnownDocument {
  uses: number;
  /** By the operation name that was asked for. */
  readonly operations: Map<string | undefined, Operation>;
}

/** Where large documents are validated, and whether new ones have a chance to be planned. */
export type ColdWork = Pick<Planner, 'validate' | 'refuseIfFull'>;

export class OperationParser {
  readonly #schema: GraphQLSchema;
  readonly #limits: LimitsConfig;
  readonly #cold: ColdWork | undefined;
  readonly #tally: CacheTally;
  readonly #documents = new LRUCache<string, KnownDocument>({ max: MAX_CACHED_DOCUMENTS, maxSize: MAX_CACHED_CHARACTERS, sizeCalculation: (_, text) => text.length });
  readonly #validating = new Map<string, Promise<readonly InvalidPlace[]>>();

  /** @param cold - absent: all happens at once, here. */
  constructor(schema: GraphQLSchema, limits: LimitsConfig = DEFAULT_LIMITS, cold?: ColdWork, tally = new CacheTally()) {
    this.#schema = schema;
    this.#limits = limits;
    this.#cold = cold;
    this.#tally = tally;
  }

  /**
   * At once when it is known or small.
   *
   * @throws {RequestRefused} when the text is not one valid operation within the limits, or is new while the router is
   * busy with other new ones.
   */
  parse(text: string, operationName: string | undefined): Operation | Promise<Operation> {
    const known = this.#documents.get(text);
    const operation = known?.operations.get(operationName);
    if (!known || !operation) {
      this.#tally.misses++;
      return this.#parseNew(text, operationName);
    }
    this.#tally.hits++;
    known.uses++;
    return operation;
  }

  /** The texts that were asked most often. */
  hottest(count: number): readonly string[] {
    return [...this.#documents.entries()].sort(([, a], [, b]) => b.uses - a.uses).slice(0, count).map(([text]) => text);
  }

  #parseNew(text: string, operationName: string | undefined): Operation | Promise<Operation> {
    this.#cold?.refuseIfFull();
    const document = parseText(text, this.#limits);
    const selected = selectOperation(document, operationName);
    enforceLimits(document, this.#limits);
    const accept = (errors: readonly InvalidPlace[]): Operation => {
      if (errors.length > 0) throw refused('GRAPHQL_VALIDATION_FAILED', errors);
      const definition = expandFragments(document, selected);
      enforceDeferRules(document, definition, this.#limits);
      return this.#remember(text, operationName, wholeOperation(definition));
    };
    const isLarge = text.length > MAX_CHARACTERS_VALIDATED_HERE;
    return this.#cold && isLarge ? this.#validateElsewhere(text, this.#cold).then(accept) : accept(validateDocument(this.#schema, document));
  }

  /** Once, however many requests bring the same text. */
  #validateElsewhere(text: string, cold: ColdWork): Promise<readonly InvalidPlace[]> {
    const underWay = this.#validating.get(text);
    if (underWay) return underWay;
    const validating = cold.validate(text).finally(() => this.#validating.delete(text));
    this.#validating.set(text, validating);
    return validating;
  }

  #remember(text: string, operationName: string | undefined, operation: Operation): Operation {
    const known = this.#documents.get(text) ?? { uses: 1, operations: new Map<string | undefined, Operation>() };
    known.operations.set(operationName, operation);
    // A document with one operation may be asked with or without its name.
    if (operationName === undefined) known.operations.set(operation.name, operation);
    this.#documents.set(text, known);
    return operation;
  }
}

function wholeOperation(definition: OperationDefinitionNode): Operation {
  if (deferrals(definition.selectionSet).length === 0) return operationOf(definition);
  const whole = operationOf(markDeferred(definition, () => false).definition);
  return { ...whole, inParts: new OperationInParts({ whole, definition, make: (marked) => ({ ...operationOf(marked.definition), deferred: marked.deferred }) }) };
}

function operationOf(definition: OperationDefinitionNode): Operation {
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

function refused(code: RouterErrorCode, errors: readonly InvalidPlace[]): RequestRefused {
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
