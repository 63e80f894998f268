// Decides @skip and @include before anything is planned: an operation has a plan for each setting of their variables. A plan for
// all settings would let a field that is left out take with it what others of the same entity require, and ask for more.

import { Kind, print, stripIgnoredCharacters, visit, type DirectiveNode, type FieldNode, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';

export interface Settled {
  /** Normalised text. */
  readonly key: string;
  readonly definition: OperationDefinitionNode;
  /** Nothing is left to ask. */
  readonly isEmpty: boolean;
}

/** Beyond this the oldest setting of an operation is worked out again when it returns. */
const MAX_SETTINGS_PER_OPERATION = 16;
const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

export class Conditions {
  readonly #known = new WeakMap<OperationDefinitionNode, { readonly switches: readonly string[]; readonly settled: Map<string, Settled> }>();

  /** @param variables - coerced; what is not there counts as false. */
  settle(operation: Settled, variables: Readonly<Record<string, unknown>>): Settled {
    const { definition } = operation;
    let known = this.#known.get(definition);
    if (!known) {
      const switches = switchesOf(definition);
      this.#known.set(definition, (known = { switches: switches ?? [], settled: new Map(switches ? [] : [['', operation]]) }));
    }
    const { switches, settled } = known;
    const setting = switches.map((name) => (variables[name] === true ? '1' : '0')).join('');
    const found = settled.get(setting);
    if (found) return found;
    const made = settleConditions(definition, variables);
    const [oldest] = settled.keys();
    if (settled.size >= MAX_SETTINGS_PER_OPERATION && oldest !== undefined) settled.delete(oldest);
    settled.set(setting, made);
    return made;
  }
}

/** The operation without @skip and @include, without what they leave out, and without variables that nothing uses any more. */
export function settleConditions(definition: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): Settled {
  const selections = kept(definition.selectionSet, variables);
  const pruned = { ...definition, selectionSet: { ...definition.selectionSet, selections } };
  const used = new Set<string>();
  visit({ ...pruned, variableDefinitions: [] }, { Variable: ({ name }) => void used.add(name.value) });
  const settled = { ...pruned, variableDefinitions: (definition.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value)) };
  return { key: stripIgnoredCharacters(print(settled)), definition: settled, isEmpty: selections.length === 0 };
}

function kept({ selections }: SelectionSetNode, variables: Readonly<Record<string, unknown>>): readonly SelectionNode[] {
  return selections.flatMap((selection): readonly SelectionNode[] => {
    const given = selection.directives ?? [];
    if (given.some((directive) => leavesOut(directive, variables))) return [];
    const directives = given.filter(({ name }) => !isCondition(name.value));
    if (selection.kind === Kind.FRAGMENT_SPREAD || !selection.selectionSet) return [{ ...selection, directives }];
    const below = kept(selection.selectionSet, variables);
    // A field of objects is shown even when nothing of them is; a deferred fragment has its part.
    if (below.length === 0 && selection.kind === Kind.INLINE_FRAGMENT && directives.length === 0) return [];
    return [{ ...selection, directives, selectionSet: { ...selection.selectionSet, selections: below.length === 0 ? [TYPENAME] : below } }];
  });
}

/** Variables that decide, sorted; undefined when nothing is to be decided. */
function switchesOf(definition: OperationDefinitionNode): readonly string[] | undefined {
  const names = new Set<string>();
  let hasConditions = false;
  visit(definition, {
    Directive({ name, arguments: given }) {
      if (!isCondition(name.value)) return;
      hasConditions = true;
      const value = given?.[0]?.value;
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return hasConditions ? [...names].sort() : undefined;
}

function leavesOut({ name, arguments: given }: DirectiveNode, variables: Readonly<Record<string, unknown>>): boolean {
  if (!isCondition(name.value)) return false;
  const value = given?.[0]?.value;
  const holds = value?.kind === Kind.VARIABLE ? variables[value.name.value] === true : value?.kind === Kind.BOOLEAN && value.value;
  return holds === (name.value === 'skip');
}

function isCondition(directive: string): boolean {
  return directive === 'skip' || directive === 'include';
}
