// Small questions about selections whose fragments are written out.

import { getNamedType, isAbstractType, isInterfaceType, isObjectType, Kind, TypeNameMetaFieldDef, type FieldNode, type GraphQLAbstractType, type GraphQLCompositeType, type GraphQLObjectType, type GraphQLOutputType, type GraphQLSchema, type SelectionSetNode } from 'graphql';

/** Every field of this response name, below inline fragments too. */
export function selectionsNamed(selectionSets: readonly SelectionSetNode[], responseName: string): readonly FieldNode[] {
  return selectionSets.flatMap(({ selections }) =>
    selections.flatMap((node): readonly FieldNode[] => {
      if (node.kind === Kind.INLINE_FRAGMENT) return selectionsNamed([node.selectionSet], responseName);
      return node.kind === Kind.FIELD && (node.alias ?? node.name).value === responseName ? [node] : [];
    }),
  );
}

/** @returns the type of `parent.name`, looked for in the possible types where the parent itself has no such field. */
export function fieldOf(schema: GraphQLSchema, parent: GraphQLCompositeType, name: string): GraphQLOutputType | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef.type;
  const type = getNamedType(parent);
  if (isObjectType(type) || isInterfaceType(type)) {
    const field = type.getFields()[name];
    if (field) return field.type;
  }
  return isAbstractType(type) ? possibleField(schema, type, name) : undefined;
}

function possibleField(schema: GraphQLSchema, type: GraphQLAbstractType, name: string): GraphQLOutputType | undefined {
  return schema.getPossibleTypes(type).map((possible) => possible.getFields()[name]?.type).find((found) => found !== undefined);
}

/** The fields that an object of `type` answers with, by response name, in order of first appearance. */
export function fieldNodes(schema: GraphQLSchema, type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): ReadonlyMap<string, readonly FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const node of selections) {
      if (node.kind === Kind.FIELD) {
        const name = (node.alias ?? node.name).value;
        fields.set(name, [...(fields.get(name) ?? []), node]);
      } else if (node.kind === Kind.INLINE_FRAGMENT && applies(schema, type, node.typeCondition?.name.value)) visit(node.selectionSet);
    }
  };
  selectionSets.forEach(visit);
  return fields;
}

function applies(schema: GraphQLSchema, type: GraphQLObjectType, condition: string | undefined): boolean {
  if (condition === undefined || condition === type.name) return true;
  const named = schema.getType(condition);
  return isAbstractType(named) && schema.isSubType(named, type);
}
