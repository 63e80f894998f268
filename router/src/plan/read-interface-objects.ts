// Which subgraphs know an interface as an object (@interfaceObject), and what they need to be told about one of its objects.

import { Kind, parse, type DocumentNode, type InterfaceTypeDefinitionNode, type OperationDefinitionNode } from 'graphql';
import { argumentOf, readServiceNames } from './join-directives.ts';

export interface InterfaceObject {
  readonly serviceName: string;
  /** Of the interface. */
  readonly name: string;
  /** Object types that implement it, sorted. */
  readonly types: readonly string[];
  /** Top-level field names of each key. */
  readonly keys: readonly (readonly string[])[];
  /** By field of the subgraph, the top-level names that it requires. */
  readonly required: ReadonlyMap<string, ReadonlySet<string>>;
}

export function readInterfaceObjects(supergraph: DocumentNode): readonly InterfaceObject[] {
  const serviceNames = readServiceNames(supergraph);
  return supergraph.definitions.flatMap((node) => (node.kind === Kind.INTERFACE_TYPE_DEFINITION ? readInterface(node, supergraph, serviceNames) : []));
}

function readInterface(node: InterfaceTypeDefinitionNode, supergraph: DocumentNode, serviceNames: ReadonlyMap<string, string>): readonly InterfaceObject[] {
  const name = node.name.value;
  const joins = (node.directives ?? []).filter((directive) => directive.name.value === 'join__type');
  const graphs = new Set(joins.filter((join) => argumentOf(join, 'isInterfaceObject') === true).map((join) => String(argumentOf(join, 'graph'))));
  if (graphs.size === 0) return [];
  const types = supergraph.definitions.flatMap((type) => (type.kind === Kind.OBJECT_TYPE_DEFINITION && type.interfaces?.some((implemented) => implemented.name.value === name) ? [type.name.value] : [])).sort();
  return [...graphs].map((graph): InterfaceObject => {
    const keys = joins.filter((join) => argumentOf(join, 'graph') === graph).map((join) => topNames(argumentOf(join, 'key')));
    const required = (node.fields ?? []).map((field): [string, ReadonlySet<string>] => {
      const join = field.directives?.find((directive) => directive.name.value === 'join__field' && argumentOf(directive, 'graph') === graph);
      return [field.name.value, new Set(join ? topNames(argumentOf(join, 'requires')) : [])];
    });
    return { serviceName: serviceNames.get(graph) ?? graph, name, types, keys: keys.filter(({ length }) => length > 0), required: new Map(required) };
  });
}

function topNames(fieldSet: string | boolean | undefined): readonly string[] {
  if (typeof fieldSet !== 'string') return [];
  const [definition] = parse(`{ ${fieldSet} }`, { noLocation: true }).definitions as readonly [OperationDefinitionNode];
  return definition.selectionSet.selections.flatMap((selection) => (selection.kind === Kind.FIELD ? [selection.name.value] : []));
}
