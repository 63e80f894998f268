// @cost and @listSize as the supergraph has them, under whatever name it imports them, by the place they stand at:
// `Type`, `Type.field`, `Type.field(argument)`, `Input.field`.

import { Kind, valueFromASTUntyped, type ConstDirectiveNode, type DocumentNode, type InputValueDefinitionNode } from 'graphql';

export interface ListSize {
  readonly assumedSize?: number;
  readonly slicingArguments: readonly string[];
  readonly sizedFields: readonly string[];
  readonly requireOneSlicingArgument: boolean;
}

export class CostDirectives {
  readonly #weights = new Map<string, number>();
  readonly #listSizes = new Map<string, ListSize>();
  readonly #implementers = new Map<string, string[]>();
  readonly #names: { readonly cost: string; readonly listSize: string };

  constructor(supergraph: DocumentNode) {
    this.#names = directiveNames(supergraph);
    for (const node of supergraph.definitions) {
      if (!('name' in node) || !node.name || !('directives' in node)) continue;
      const type = node.name.value;
      this.#read(type, node.directives as readonly ConstDirectiveNode[]);
      if (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) this.#readInputs(node.fields ?? [], (field) => `${type}.${field}`);
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
      for (const { name } of node.interfaces ?? []) this.#implementers.set(name.value, [...(this.#implementers.get(name.value) ?? []), type]);
      for (const field of node.fields ?? []) {
        this.#read(`${type}.${field.name.value}`, field.directives ?? []);
        this.#readInputs(field.arguments ?? [], (argument) => `${type}.${field.name.value}(${argument})`);
      }
    }
  }

  weight(place: string): number | undefined {
    return this.#weights.get(place);
  }

  /** Through an interface the dearest of the types that may come back counts. */
  fieldWeight(type: string, field: string): number | undefined {
    const weights = [type, ...(this.#implementers.get(type) ?? [])].flatMap((name) => this.#weights.get(`${name}.${field}`) ?? []);
    return weights.length === 0 ? undefined : Math.max(...weights);
  }

  listSize(type: string, field: string): ListSize | undefined {
    for (const name of [type, ...(this.#implementers.get(type) ?? [])]) {
      const found = this.#listSizes.get(`${name}.${field}`);
      if (found) return found;
    }
    return undefined;
  }

  #readInputs(nodes: readonly InputValueDefinitionNode[], placeOf: (name: string) => string): void {
    for (const node of nodes) this.#read(placeOf(node.name.value), node.directives ?? []);
  }

  #read(place: string, directives: readonly ConstDirectiveNode[]): void {
    for (const directive of directives) {
      const values = Object.fromEntries((directive.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
      if (directive.name.value === this.#names.cost && Number.isFinite(Number(values['weight']))) this.#weights.set(place, Number(values['weight']));
      if (directive.name.value === this.#names.listSize) this.#listSizes.set(place, listSizeOf(values));
    }
  }
}

function listSizeOf(values: Readonly<Record<string, unknown>>): ListSize {
  const { assumedSize, slicingArguments, sizedFields, requireOneSlicingArgument } = values;
  return {
    ...(typeof assumedSize === 'number' && { assumedSize }),
    slicingArguments: (slicingArguments as readonly string[] | null | undefined) ?? [],
    sizedFields: (sizedFields as readonly string[] | null | undefined) ?? [],
    requireOneSlicingArgument: requireOneSlicingArgument !== false,
  };
}

/** `@link(url: ".../cost/v0.1", as: "c", import: ["@listSize", { name: "@cost", as: "@price" }])` */
function directiveNames(supergraph: DocumentNode): { readonly cost: string; readonly listSize: string } {
  const schema = supergraph.definitions.find((node) => node.kind === Kind.SCHEMA_DEFINITION);
  for (const directive of schema?.directives ?? []) {
    const values = Object.fromEntries((directive.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
    if (directive.name.value !== 'link' || !/\/cost\/v\d+\.\d+$/.test(String(values['url']))) continue;
    const prefix = typeof values['as'] === 'string' ? values['as'] : 'cost';
    const imported = new Map(((values['import'] as readonly (string | { name: string; as?: string })[] | undefined) ?? []).map((entry) => (typeof entry === 'string' ? [entry, entry] : [entry.name, entry.as ?? entry.name])));
    const nameOf = (name: string): string => imported.get(`@${name}`)?.slice(1) ?? (name === 'cost' ? prefix : `${prefix}__${name}`);
    return { cost: nameOf('cost'), listSize: nameOf('listSize') };
  }
  return { cost: 'cost', listSize: 'listSize' };
}
