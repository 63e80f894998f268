// GraphQL types as JSON Schema (2020-12, which OpenAPI 3.1 speaks). Inputs, enums and scalars are shared components; the
// shape of an answer is the selection's own, so it is written out per operation.

import {
  getNamedType, getNullableType, isAbstractType, isEnumType, isInputObjectType, isLeafType, isListType, isNonNullType, isScalarType, valueFromASTUntyped,
  type GraphQLCompositeType, type GraphQLEnumType, type GraphQLInputObjectType, type GraphQLInputType, type GraphQLLeafType, type GraphQLObjectType, type GraphQLOutputType, type GraphQLScalarType, type GraphQLSchema, type SelectionSetNode,
} from 'graphql';
import { fieldNodes, fieldOf } from './selections.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

const BUILT_IN: Readonly<Record<string, JsonSchema>> = {
  Int: { type: 'integer', format: 'int32' },
  Float: { type: 'number', format: 'double' },
  String: { type: 'string' },
  ID: { type: 'string' },
  Boolean: { type: 'boolean' },
};
/** What scalars of these names are by custom; of any other nothing is known. */
const CUSTOMARY: Readonly<Record<string, JsonSchema>> = {
  DateTime: { type: 'string', format: 'date-time' },
  Date: { type: 'string', format: 'date' },
  Decimal: { type: 'string', examples: ['2874.56'] },
  UUID: { type: 'string', format: 'uuid' },
  URL: { type: 'string', format: 'uri' },
  Currency: { type: 'string' },
};

export class OpenApiSchemas {
  readonly #schema: GraphQLSchema;
  readonly #components = new Map<string, JsonSchema>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** By name, sorted; what has been referred to so far. */
  get components(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  define(name: string, schema: JsonSchema): JsonSchema {
    this.#components.set(name, schema);
    return { $ref: `#/components/schemas/${name}` };
  }

  input(type: GraphQLInputType): JsonSchema {
    if (!isNonNullType(type)) return nullable(this.#input(type));
    return this.#input(type.ofType);
  }

  /** As text in a path or query string, where null is leaving it out. */
  parameter(type: GraphQLInputType): JsonSchema {
    return this.#input(getNullableType(type));
  }

  output(type: GraphQLOutputType, selectionSets: readonly SelectionSetNode[]): JsonSchema {
    if (!isNonNullType(type)) return nullable(this.#output(type, selectionSets));
    return this.#output(type.ofType, selectionSets);
  }

  #input(type: GraphQLInputType): JsonSchema {
    if (isListType(type)) return { type: 'array', items: this.input(type.ofType) };
    const named = getNamedType(type);
    return isInputObjectType(named) ? this.#inputObject(named) : this.#leaf(named);
  }

  #inputObject(type: GraphQLInputObjectType): JsonSchema {
    if (this.#components.has(type.name)) return { $ref: `#/components/schemas/${type.name}` };
    // Known before its members are: an input may hold itself.
    const reference = this.define(type.name, {});
    const fields = Object.values(type.getFields());
    const required = fields.filter((field) => isNonNullType(field.type) && field.defaultValue === undefined).map(({ name }) => name);
    const properties = Object.fromEntries(fields.map((field) => [field.name, described({ ...this.input(field.type), ...(field.astNode?.defaultValue ? { default: valueFromASTUntyped(field.astNode.defaultValue) } : {}) }, field.description)]));
    this.define(type.name, described({ type: 'object', properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false }, type.description));
    return reference;
  }

  #output(type: GraphQLOutputType, selectionSets: readonly SelectionSetNode[]): JsonSchema {
    if (isListType(type)) return { type: 'array', items: this.output(type.ofType, selectionSets) };
    const named = getNamedType(type);
    if (isLeafType(named)) return this.#leaf(named);
    if (!isAbstractType(named)) return this.#object(named as GraphQLObjectType, selectionSets);
    const shapes = this.#schema.getPossibleTypes(named).map((possible) => this.#object(possible, selectionSets));
    return described({ anyOf: shapes }, named.description);
  }

  #object(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): JsonSchema {
    const fields = [...fieldNodes(this.#schema, type, selectionSets)].map(([responseName, nodes]) => {
      const fieldName = nodes[0]!.name.value;
      if (fieldName === '__typename') return [responseName, { const: type.name }] as const;
      const below = nodes.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []));
      const output = this.output(fieldOf(this.#schema, type as GraphQLCompositeType, fieldName)!, below);
      return [responseName, described(output, type.getFields()[fieldName]?.description)] as const;
    });
    return { type: 'object', title: type.name, properties: Object.fromEntries(fields), required: fields.map(([name]) => name) };
  }

  #leaf(type: GraphQLLeafType): JsonSchema {
    if (isScalarType(type) && BUILT_IN[type.name]) return BUILT_IN[type.name]!;
    if (!this.#components.has(type.name)) this.define(type.name, isEnumType(type) ? enumSchema(type) : scalarSchema(type));
    return { $ref: `#/components/schemas/${type.name}` };
  }
}

function enumSchema(type: GraphQLEnumType): JsonSchema {
  const values = type.getValues();
  const notes = values.flatMap(({ name, description }) => (description ? [`- \`${name}\`: ${description}`] : []));
  return described({ type: 'string', enum: values.map(({ name }) => name) }, [type.description, ...notes].filter(Boolean).join('\n'));
}

function scalarSchema(type: GraphQLScalarType): JsonSchema {
  return described({ ...CUSTOMARY[type.name] }, type.description ?? type.specifiedByURL);
}

function nullable(schema: JsonSchema): JsonSchema {
  return typeof schema['type'] === 'string' ? { ...schema, type: [schema['type'], 'null'] } : { anyOf: [schema, { type: 'null' }] };
}

function described(schema: JsonSchema, description: string | null | undefined): JsonSchema {
  return description ? { ...schema, description } : schema;
}
