// Writes the merged data as the JSON text a client asked for: only its fields, in its order, checked against the schema,
// nulls bubbling to the nearest nullable parent. Compiled once per operation and setting of its @skip/@include variables;
// no graphql-js runs per request.

import {
  getNullableType, isAbstractType, isCompositeType, isLeafType, isListType, isNonNullType, isObjectType,
  type FieldNode, type GraphQLCompositeType, type GraphQLLeafType, type GraphQLList, type GraphQLObjectType, type GraphQLOutputType, type InlineFragmentNode, type OperationDefinitionNode, type SelectionSetNode,
} from 'graphql';
import { own, type JsonObject } from '../execute/json.ts';
import type { SharedObjects, SharedText } from '../execute/unify.ts';
import { travelName } from '../plan/client-names.ts';
import type { DeferredFragment } from '../parse/deferral.ts';
import { collectDeferred, collectFields, type CollectOptions } from './collect-fields.ts';
import { graphError, type GraphError, type ResponsePath } from './graph-error.ts';
import { leafWriter, quote } from './write-leaf.ts';

export interface Projection {
  readonly errors: GraphError[];
  /** JSON text by response name of the introspection fields, answered locally. */
  readonly introspection: Readonly<Record<string, string>>;
  /** Objects at several places; their text is written once. Absent when none is known. */
  readonly shared?: SharedObjects;
  /** Takes the parts that are still to be written; present when the operation defers any. */
  readonly deferred?: DeferredPart[];
}

/** One deferred fragment at one object of the response. */
export interface DeferredPart {
  readonly fragment: DeferredFragment;
  readonly path: ResponsePath;
  /** @returns the JSON text of the part's `data`. */
  readonly write: (projection: Projection) => string;
}

/** @returns the JSON text of `data`, "null" when a null bubbled up to the root. */
export type Project = (data: JsonObject, projection: Projection) => string;

const NULL = 'null';

interface Writing extends Projection {
  /** Grows and shrinks with the walk. */
  readonly path: (string | number)[];
}

type WriteValue = (value: unknown, writing: Writing) => string;
type WriteObject = (object: JsonObject, writing: Writing) => string;

export function compileProjector(operation: OperationDefinitionNode, options: CollectOptions): Project {
  const root = options.schema.getRootType(operation.operation);
  if (!root) throw new Error(`the schema has no ${operation.operation} type`);
  const write = objectWriter(root, [operation.selectionSet], options);
  return (data, projection) => write(data, { ...projection, path: [] });
}

/**
 * Compiles the writer of objects of one static type.
 *
 * For an abstract type without a usable __typename in the data (@interfaceObject) the fields of the static type apply.
 */
function objectWriter(type: GraphQLCompositeType, selectionSets: readonly SelectionSetNode[], options: CollectOptions): WriteObject {
  const fields = [...collectFields(selectionSets, type, options)].map(([name, nodes]) => fieldWriter(name, nodes, type, options));
  const write: WriteObject = (object, writing) => {
    let text = '{';
    for (const field of fields) {
      writing.path.push(field.name);
      const value = field.write(object, writing);
      if (value === NULL && field.nonNull) {
        reportNull(writing, field.place);
        writing.path.pop();
        return NULL; // GraphQL spec §6.4.4: null bubbles to the parent
      }
      writing.path.pop();
      text += text.length === 1 ? field.head : field.headAfterComma;
      text += value;
    }
    return `${text}}`;
  };
  const later = collectDeferred(selectionSets, type, options);
  return later.length === 0 ? write : deferringWriter(write, later, type, options);
}

function deferringWriter(write: WriteObject, later: readonly InlineFragmentNode[], type: GraphQLCompositeType, options: CollectOptions): WriteObject {
  const parts = later.map((node) => ({ fragment: options.deferred!.get(node)!, write: lazily(() => objectWriter(type, [node.selectionSet], options)) }));
  return (object, writing) => {
    const path = [...writing.path];
    for (const part of parts) writing.deferred?.push({ fragment: part.fragment, path, write: (projection) => part.write(object, { ...projection, path: [...path] }) });
    return write(object, writing);
  };
}

interface FieldWriter {
  readonly name: string;
  readonly head: string;
  readonly headAfterComma: string;
  readonly nonNull: boolean;
  /** For messages, e.g. `Query.me`. */
  readonly place: string;
  readonly write: WriteObject;
}

function fieldWriter(name: string, nodes: readonly FieldNode[], parent: GraphQLCompositeType, options: CollectOptions): FieldWriter {
  const fieldName = nodes[0]!.name.value;
  const head = `${JSON.stringify(name)}:`;
  const common = { name, head, headAfterComma: `,${head}`, place: `${parent.name}.${fieldName}` };
  if (fieldName === '__typename') return { ...common, nonNull: true, write: typeNameWriter(parent, options) };
  if (fieldName === '__schema' || fieldName === '__type') return { ...common, nonNull: false, write: (_, writing) => writing.introspection[name] ?? NULL };
  const definition = 'getFields' in parent ? parent.getFields()[fieldName] : undefined;
  if (!definition) throw new Error(`${common.place} is not in the schema`);
  const nonNull = isNonNullType(definition.type);
  const write = valueWriter(getNullableType(definition.type), nodes, { ...options, place: common.place });
  const key = travelName(nodes[0]!, options.plannerNames);
  // `constructor` and its like would be found on the prototype of an object that lacks them.
  return { ...common, nonNull, write: key in Object.prototype ? (object, writing) => write(own(object, key), writing) : (object, writing) => write(object[key], writing) };
}

function typeNameWriter(parent: GraphQLCompositeType, { schema }: CollectOptions): WriteObject {
  const fixed = quote(parent.name);
  if (isObjectType(parent)) return () => fixed;
  return (object) => {
    const typeName = object['__typename'];
    return typeof typeName === 'string' && isObjectType(schema.getType(typeName)) ? quote(typeName) : NULL;
  };
}

type NullableOutputType = GraphQLLeafType | GraphQLCompositeType | GraphQLList<GraphQLOutputType>;

interface ValueOptions extends CollectOptions {
  readonly place: string;
}

function valueWriter(type: NullableOutputType, nodes: readonly FieldNode[], options: ValueOptions): WriteValue {
  if (isListType(type)) return listWriter(type.ofType, nodes, options);
  if (isLeafType(type)) {
    const write = leafWriter(type);
    return (value, writing) => (value === null || value === undefined ? NULL : (write(value) ?? reportInvalid(writing, `${options.place} is not a valid ${type.name}`)));
  }
  const selectionSets = nodes.flatMap((node) => node.selectionSet ?? []);
  const writeObject = isAbstractType(type) ? abstractWriter(type, selectionSets, options) : concreteWriter(type, selectionSets, options);
  return (value, writing) => {
    if (value === null || value === undefined) return NULL;
    if (typeof value !== 'object' || Array.isArray(value)) return reportInvalid(writing, `${options.place} is not an object`);
    const shared = writing.shared?.get(value as JsonObject);
    return shared ? writeShared(shared, value as JsonObject, writeObject, writing) : writeObject(value as JsonObject, writing);
  };
}

/** Only what has no errors is the same at every place: errors have paths. */
function writeShared(shared: SharedText, object: JsonObject, write: WriteObject, writing: Writing): string {
  if (shared.by === write && writing.errors.length === 0) return shared.text;
  const text = write(object, writing);
  if (writing.errors.length === 0) {
    shared.by = write;
    shared.text = text;
  }
  return text;
}

function listWriter(elementType: GraphQLOutputType, nodes: readonly FieldNode[], options: ValueOptions): WriteValue {
  const nonNull = isNonNullType(elementType);
  const write = valueWriter(getNullableType(elementType), nodes, options);
  return (value, writing) => {
    if (value === null || value === undefined) return NULL;
    if (!Array.isArray(value)) return reportInvalid(writing, `${options.place} is not a list`);
    let text = '[';
    for (let index = 0; index < value.length; index++) {
      writing.path.push(index);
      const element = write(value[index], writing);
      if (element === NULL && nonNull) {
        reportNull(writing, options.place);
        writing.path.pop();
        return NULL;
      }
      writing.path.pop();
      text += index === 0 ? element : `,${element}`;
    }
    return `${text}]`;
  };
}

function concreteWriter(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[], options: ValueOptions): WriteObject {
  return lazily(() => objectWriter(type, selectionSets, options));
}

/** One writer per type that turns up; types that never do cost nothing. */
function abstractWriter(type: GraphQLCompositeType, selectionSets: readonly SelectionSetNode[], options: ValueOptions): WriteObject {
  const byTypeName = new Map<string, WriteObject>();
  const writeStatic = lazily(() => objectWriter(type, selectionSets, options));
  return (object, writing) => {
    const typeName = object['__typename'];
    if (typeof typeName !== 'string') return writeStatic(object, writing);
    const known = byTypeName.get(typeName);
    if (known) return known(object, writing);
    const actual = options.schema.getType(typeName);
    if (!actual || !isCompositeType(actual)) return reportInvalid(writing, `${options.place} has an unknown type`);
    const write = isObjectType(actual) ? objectWriter(actual, selectionSets, options) : writeStatic;
    byTypeName.set(typeName, write);
    return write(object, writing);
  };
}

function lazily(make: () => WriteObject): WriteObject {
  let write: WriteObject | undefined;
  return (object, writing) => (write ??= make())(object, writing);
}

function reportInvalid(writing: Writing, message: string): string {
  writing.errors.push(graphError('INVALID_RESPONSE', message, { path: [...writing.path] }));
  return NULL;
}

/** A null where none may be is an error of its own unless one on the same path explains it already. */
function reportNull(writing: Writing, place: string): void {
  if (writing.deferred) dropBelow(writing.path.slice(0, -1), writing.deferred);
  if (writing.errors.some((error) => explains(error.path, writing.path))) return;
  writing.errors.push(graphError('INVALID_RESPONSE', `cannot return null for non-nullable ${place}`, { path: [...writing.path] }));
}

/** What has become null has no parts. */
function dropBelow(path: ResponsePath, parts: DeferredPart[]): void {
  const kept = parts.filter((part) => !path.every((element, index) => part.path[index] === element));
  parts.splice(0, parts.length, ...kept);
}

function explains(errorPath: ResponsePath | undefined, path: ResponsePath): boolean {
  if (errorPath === undefined) return true;
  const length = Math.min(errorPath.length, path.length);
  for (let index = 0; index < length; index++) {
    if (errorPath[index] !== path[index] && !(errorPath[index] === '@' && typeof path[index] === 'number')) return false;
  }
  return true;
}
