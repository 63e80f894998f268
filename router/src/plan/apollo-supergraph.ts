// Apollo's half of a supergraph: what it says about itself, and its query planner. Loading it takes up to a second of CPU
// and a plan 2 to 60 ms, so this runs in the planner thread; only plain JSON leaves it.

import { operationFromDocument, printSchema, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph, type Schema } from '@apollo/federation-internals';
import { QueryPlanner, type QueryPlan } from '@apollo/query-planner';
import { Kind, parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { readPlannerNames, separateClientNames } from './client-names.ts';
import { requiresCompleterOf } from './complete-requires.ts';
import { dividerOf } from './interface-objects.ts';
import { plannerSchema } from './planner-schema.ts';
import { restoreNames } from './restore-names.ts';
import { buildApiSchema, type SupergraphDescription } from './supergraph.ts';
import { validateDocument } from '../parse/validate-document.ts';
import type { InvalidPlace } from './planner.ts';

export interface ApolloSupergraph {
  readonly description: SupergraphDescription;
  /**
   * @param text - exactly one operation, valid against the API schema.
   * @param overrides - labels of progressive @override that are on for this request.
   */
  planOperation(text: string, overrides: readonly string[]): QueryPlan;
  /** @param text - a document that parses. */
  validate(text: string): readonly InvalidPlace[];
}

/** @throws {Error} when the SDL is not a supergraph this router can serve. */
export function openApolloSupergraph(sdl: string): ApolloSupergraph {
  const supergraph = Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  const document = parse(sdl, { noLocation: true });
  const schema = plannerSchema(document);
  const plannedGraph = schema.document === document ? supergraph : buildForPlanner(schema.document);
  const plannedApi = plannedGraph.apiSchema();
  const planner = new QueryPlanner(plannedGraph, { incrementalDelivery: { enableDefer: true } });
  const plannerNames = readPlannerNames(document);
  const complete = requiresCompleterOf(schema.document);
  const divide = dividerOf(document, plannerNames.added);
  const description = describe(supergraph, supergraph.apiSchema());
  const apiSchema = buildApiSchema(description);
  return {
    description,
    validate: (text) => validateDocument(apiSchema, parse(text)).map(({ message, locations }) => ({ message, locations })),
    planOperation: (text, overrides) => {
      const [definition] = parse(text, { noLocation: true }).definitions as [OperationDefinitionNode];
      const planned = separateClientNames(definition, plannerNames);
      const operation = operationFromDocument(plannedApi, { kind: Kind.DOCUMENT, definitions: [planned] }, { validate: false });
      const plan = planner.buildQueryPlan(operation, { overrideConditions: new Map(overrides.map((label) => [label, true])) });
      return divide(restoreNames(complete(plan), schema.requiredBy), planned);
    },
  };
}

/** The supergraph as it came is valid; fields that stand in for others break rules that were made for people. */
function buildForPlanner(document: DocumentNode): Supergraph {
  return Supergraph.build(document, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, validateSupergraph: false });
}

function describe(supergraph: Supergraph, api: Schema): SupergraphDescription {
  const subgraphFields: Record<string, Record<string, readonly string[]>> = {};
  for (const { name, schema } of supergraph.subgraphs().values()) {
    subgraphFields[name] = Object.fromEntries(schema.objectTypes().map((type) => [type.name, type.fields().map((field) => field.name)]));
  }
  const subgraphUrls = Object.fromEntries(supergraph.subgraphsMetadata().map(({ name, url }) => [name, url]));
  return { apiSdl: printSchema(api), subgraphUrls, subgraphFields };
}
