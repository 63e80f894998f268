// What the supergraph asks of a caller: @authenticated, @requiresScopes and @policy on fields, objects, interfaces,
// scalars and enums, read once and numbered, and whether a caller meets it. What nothing grants is closed.

import { Kind, valueFromASTUntyped, type ConstDirectiveNode, type DocumentNode, type FieldDefinitionNode, type TypeNode } from 'graphql';
import type { Viewer } from '@mib/service/viewer';
import { NO_POLICIES, type AuthorizationConfig } from './authorization-config.ts';

type Requirement = { readonly kind: 'authenticated' } | { readonly kind: 'scopes' | 'policy'; readonly anyOf: readonly (readonly string[])[] };

/** As much of an identity as decides. */
export interface Caller {
  readonly viewer: Viewer;
  /** Granted by the credential itself. */
  readonly policies: readonly string[];
}

/** Numbers of requirements, all of which must hold. */
export type RequirementIds = readonly number[];

const NONE: RequirementIds = [];

export class Requirements {
  readonly #policies: ReadonlyMap<string, AuthorizationConfig['policies'][string]>;
  readonly #requirements: Requirement[] = [];
  readonly #ids = new Map<string, number>();
  /** By `Type` and by `Type.field`. */
  readonly #byPlace = new Map<string, RequirementIds>();
  readonly #outputType = new Map<string, string>();
  readonly #implementers = new Map<string, string[]>();

  constructor(supergraph: DocumentNode, { policies }: AuthorizationConfig = NO_POLICIES) {
    this.#policies = new Map(Object.entries(policies));
    const names = directiveNames(supergraph);
    for (const node of supergraph.definitions) {
      if (!('name' in node) || !node.name || !('directives' in node)) continue;
      const typeName = node.name.value;
      this.#add(typeName, node.directives as readonly ConstDirectiveNode[], names);
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
      for (const field of node.fields ?? []) this.#addField(typeName, field, names);
      if (node.kind === Kind.OBJECT_TYPE_DEFINITION) for (const implemented of node.interfaces ?? []) this.#implement(implemented.name.value, typeName);
    }
  }

  /** Nothing to enforce anywhere in this supergraph. */
  get isEmpty(): boolean {
    return this.#requirements.length === 0;
  }

  /**
   * What selecting a field asks for: its own requirements, its parent's and its output type's.
   *
   * Through an interface the strictest of all implementing types counts, since any of them may come back.
   */
  ofField(parent: string, field: string): RequirementIds {
    const place = `${parent}.${field}`;
    const output = this.#outputType.get(place);
    const implementers = this.#implementers.get(parent) ?? [];
    const places = [parent, place, ...(output === undefined ? [] : [output]), ...implementers.flatMap((type) => [type, `${type}.${field}`])];
    const ids = new Set(places.flatMap((name) => this.#byPlace.get(name) ?? NONE));
    return ids.size === 0 ? NONE : [...ids];
  }

  /** What a type asks for by itself. */
  ofType(name: string): RequirementIds {
    return this.#byPlace.get(name) ?? NONE;
  }

  isMet(id: number, caller: Caller): boolean {
    const requirement = this.#requirements[id];
    const { viewer } = caller;
    if (!requirement || viewer.kind === 'anonymous') return false;
    if (requirement.kind === 'authenticated') return true;
    const holds = (name: string): boolean => (requirement.kind === 'scopes' ? viewer.scopes.includes(name) : this.#grants(name, caller));
    return requirement.anyOf.some((all) => all.every(holds));
  }

  #grants(policy: string, { viewer, policies }: Caller): boolean {
    if (viewer.kind === 'anonymous') return false;
    const rule = this.#policies.get(policy);
    return policies.includes(policy) || (rule !== undefined && (rule.roles.some((role) => viewer.roles.includes(role)) || rule.scopes.some((scope) => viewer.scopes.includes(scope))));
  }

  #addField(typeName: string, field: FieldDefinitionNode, names: DirectiveNames): void {
    const place = `${typeName}.${field.name.value}`;
    this.#outputType.set(place, namedType(field.type));
    this.#add(place, field.directives ?? [], names);
  }

  #implement(interfaceName: string, typeName: string): void {
    const known = this.#implementers.get(interfaceName);
    if (known) known.push(typeName);
    else this.#implementers.set(interfaceName, [typeName]);
  }

  #add(place: string, directives: readonly ConstDirectiveNode[], names: DirectiveNames): void {
    const ids = directives.flatMap((directive) => {
      const requirement = readRequirement(directive, names);
      return requirement ? [this.#number(requirement)] : [];
    });
    if (ids.length > 0) this.#byPlace.set(place, ids);
  }

  #number(requirement: Requirement): number {
    const key = JSON.stringify(requirement);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.#requirements.length);
    return this.#requirements.push(requirement) - 1;
  }
}

type DirectiveNames = ReadonlyMap<string, Requirement['kind']>;

const SPECIFICATIONS: readonly (readonly [string, string, Requirement['kind']])[] = [
  ['/authenticated/', 'authenticated', 'authenticated'],
  ['/requiresScopes/', 'requiresScopes', 'scopes'],
  ['/policy/', 'policy', 'policy'],
];

/** A supergraph may import a specification under another name: `@link(url: ".../authenticated/v0.1", as: "auth")`. */
function directiveNames(supergraph: DocumentNode): DirectiveNames {
  const names = new Map<string, Requirement['kind']>(SPECIFICATIONS.map(([, name, kind]) => [name, kind]));
  const schema = supergraph.definitions.find((node) => node.kind === Kind.SCHEMA_DEFINITION);
  for (const directive of schema?.directives ?? []) {
    const values = Object.fromEntries((directive.arguments ?? []).map((argument) => [argument.name.value, valueFromASTUntyped(argument.value)]));
    const specification = SPECIFICATIONS.find(([part]) => String(values['url']).includes(part));
    if (specification && typeof values['as'] === 'string') names.set(values['as'], specification[2]);
  }
  return names;
}

function readRequirement(directive: ConstDirectiveNode, names: DirectiveNames): Requirement | undefined {
  const kind = names.get(directive.name.value);
  if (kind === undefined || kind === 'authenticated') return kind && { kind };
  const given = directive.arguments?.find((argument) => argument.name.value === (kind === 'scopes' ? 'scopes' : 'policies'))?.value;
  return { kind, anyOf: given ? (valueFromASTUntyped(given) as string[][]) : [] };
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
