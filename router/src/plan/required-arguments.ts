// Apollo's planner confuses a field that @requires asks for with arguments with the same field under other arguments,
// whether the client or another @requires asks for it. So the schema it plans with has a field of its own for each such
// pair of field and arguments, and the plan gets its real names back:
//
//   shipping: Int @join__field(requires: "price(currency: \"USD\")")    =>  ... "_required0_price(currency: \"USD\")"
//   { _required0_price(currency:"USD") }                                =>  { _required0_price:price(currency:"USD") }
//   { price(currency: "USD") } to a subgraph's representation           =>  {"price": the value at _required0_price}

import {
  Kind, parse, print, visit,
  type ArgumentNode, type DirectiveNode, type DocumentNode, type FieldDefinitionNode, type FieldNode, type InterfaceTypeDefinitionNode, type ObjectTypeDefinitionNode, type SelectionNode, type SelectionSetNode,
} from 'graphql';

const REQUIRED = /^_required\d+_/;

/** The name a required field has in its subgraph; other names as they are. */
export function realName(name: string): string {
  return name.replace(REQUIRED, '');
}

export interface PlannerSchema {
  readonly document: DocumentNode;
  /** By `Type.field`: the names of our own that its @requires asks for. */
  readonly requiredBy: ReadonlyMap<string, ReadonlySet<string>>;
}

/** @param document - a supergraph; returned as it is when no @requires has arguments. */
export function nameRequiredArguments(document: DocumentNode): PlannerSchema {
  const naming = new Naming(document);
  const renamed = visit(document, {
    ObjectTypeDefinition: (type) => naming.renameRequires(type),
    InterfaceTypeDefinition: (type) => naming.renameRequires(type),
  });
  return naming.requiredBy.size === 0 ? { document, requiredBy: naming.requiredBy } : { document: naming.addFields(renamed), requiredBy: naming.requiredBy };
}

type FieldsDefinitionNode = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

class Naming {
  readonly requiredBy = new Map<string, Set<string>>();
  readonly #types = new Map<string, FieldsDefinitionNode>();
  /** By field with arguments, e.g. `price(currency:"USD")`. */
  readonly #names = new Map<string, string>();
  /** By type: own name to the field it stands for. */
  readonly #added = new Map<string, Map<string, string>>();

  constructor(document: DocumentNode) {
    for (const node of document.definitions) if (isFieldsDefinition(node)) this.#types.set(node.name.value, node);
  }

  renameRequires<Type extends FieldsDefinitionNode>(type: Type): Type {
    const fields = type.fields?.map((field) => ({ ...field, directives: field.directives?.map((directive) => this.#renameDirective(directive, type, field)) }));
    return { ...type, fields };
  }

  addFields(document: DocumentNode): DocumentNode {
    const extend = <Type extends FieldsDefinitionNode>(type: Type): Type => {
      const added = [...(this.#added.get(type.name.value) ?? [])].map(([name, original]): FieldDefinitionNode => {
        const field = type.fields!.find((candidate) => candidate.name.value === original)!;
        return { ...field, name: { kind: Kind.NAME, value: name } };
      });
      return added.length === 0 ? type : { ...type, fields: [...type.fields!, ...added] };
    };
    return visit(document, { ObjectTypeDefinition: extend, InterfaceTypeDefinition: extend });
  }

  #renameDirective(directive: DirectiveNode, type: FieldsDefinitionNode, field: FieldDefinitionNode): DirectiveNode {
    if (directive.name.value !== 'join__field') return directive;
    const given = directive.arguments?.find(({ name, value }) => name.value === 'requires' && value.kind === Kind.STRING);
    if (given?.value.kind !== Kind.STRING || !given.value.value.includes('(')) return directive;
    const used = new Set<string>();
    const selectionSet = this.#renameSelections(parseFieldSet(given.value.value), type.name.value, used);
    if (used.size === 0) return directive;
    const place = `${type.name.value}.${field.name.value}`;
    this.requiredBy.set(place, new Set([...(this.requiredBy.get(place) ?? []), ...used]));
    const renamed: ArgumentNode = { ...given, value: { kind: Kind.STRING, value: print(selectionSet).slice(1, -1).replace(/\s+/g, ' ').trim() } };
    return { ...directive, arguments: directive.arguments!.map((argument) => (argument === given ? renamed : argument)) };
  }

  #renameSelections(selectionSet: SelectionSetNode, typeName: string, used: Set<string>): SelectionSetNode {
    return { ...selectionSet, selections: selectionSet.selections.map((selection) => this.#renameSelection(selection, typeName, used)) };
  }

  #renameSelection(selection: SelectionNode, typeName: string, used: Set<string>): SelectionNode {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
    if (selection.kind === Kind.INLINE_FRAGMENT) return { ...selection, selectionSet: this.#renameSelections(selection.selectionSet, selection.typeCondition?.name.value ?? typeName, used) };
    const definition = this.#types.get(typeName)?.fields?.find(({ name }) => name.value === selection.name.value);
    if (!definition) return selection;
    const below = selection.selectionSet ? { ...selection, selectionSet: this.#renameSelections(selection.selectionSet, namedTypeOf(definition), used) } : selection;
    if (!selection.arguments?.length) return below;
    const name = this.#nameFor(selection);
    used.add(name);
    this.#add(typeName, name, selection.name.value);
    return { ...below, name: { kind: Kind.NAME, value: name } };
  }

  #nameFor(field: FieldNode): string {
    const call = print({ ...field, alias: undefined, directives: [], selectionSet: undefined });
    const known = this.#names.get(call) ?? `_required${this.#names.size}_${field.name.value}`;
    this.#names.set(call, known);
    return known;
  }

  /** An interface's field is a field of everything that implements it. */
  #add(typeName: string, name: string, original: string): void {
    const added = this.#added.get(typeName) ?? new Map<string, string>();
    this.#added.set(typeName, added.set(name, original));
    if (this.#types.get(typeName)?.kind !== Kind.INTERFACE_TYPE_DEFINITION) return;
    for (const type of this.#types.values()) {
      if (type.interfaces?.some((implemented) => implemented.name.value === typeName)) this.#add(type.name.value, name, original);
    }
  }
}

function isFieldsDefinition(node: { readonly kind: Kind }): node is FieldsDefinitionNode {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

function parseFieldSet(fieldSet: string): SelectionSetNode {
  const [definition] = parse(`{ ${fieldSet} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`not a field set: ${fieldSet}`);
  return definition.selectionSet;
}

function namedTypeOf(definition: FieldDefinitionNode): string {
  let { type } = definition;
  while (type.kind !== Kind.NAMED_TYPE) ({ type } = type);
  return type.name.value;
}
