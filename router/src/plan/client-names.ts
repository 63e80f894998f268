// A client may give any field any response name, also one that the planner needs for itself: `{ product { upc: name } }`
// would put the name where the key of the join belongs. Such fields travel under a name of our own and get the client's
// back when the response is written. Where a subgraph knows an interface as an object, the planner also mixes up fields of
// two types that bear one name: there each field with an alias or arguments travels under a name that no other has.

import { createHash } from 'node:crypto';
import { Kind, print, visit, type DirectiveNode, type DocumentNode, type FieldNode, type OperationDefinitionNode } from 'graphql';

const PREFIX = '_client_';
/** Names of ours, here and in required-arguments.ts. */
const OURS = /^_(client([0-9a-f]{12})?|required\d+)_/;
const CLIENTS = /^_client([0-9a-f]{12})?_/;
/** Arguments of @join__type, @join__field and @join__context that hold field sets. */
const FIELD_SET_ARGUMENTS: ReadonlySet<string> = new Set(['key', 'requires', 'selection']);

export interface PlannerNames {
  /** Every field name the planner may add to an operation by itself. */
  readonly added: ReadonlySet<string>;
  /** Some subgraph knows an interface as an object. */
  readonly mixesTypes: boolean;
}

export function readPlannerNames(supergraph: DocumentNode): PlannerNames {
  let mixesTypes = false;
  const names = new Set(['__typename']);
  visit(supergraph, {
    Directive(node: DirectiveNode) {
      if (!node.name.value.startsWith('join__')) return;
      visit(node, {
        Argument({ name, value }) {
          if (name.value === 'isInterfaceObject' && value.kind === Kind.BOOLEAN && value.value) mixesTypes = true;
          if (value.kind === Kind.STRING && FIELD_SET_ARGUMENTS.has(name.value)) addNames(value.value, names);
        },
        ObjectField: ({ name, value }) => void (value.kind === Kind.STRING && FIELD_SET_ARGUMENTS.has(name.value) && addNames(value.value, names)),
      });
    },
  });
  return { added: names, mixesTypes };
}

/** The name under which a field travels; it depends on the field alone, so that equal fields still merge. */
export function travelName(field: FieldNode, { added, mixesTypes }: PlannerNames): string {
  const name = (field.alias ?? field.name).value;
  const isAnother = name !== field.name.value || (field.arguments?.length ?? 0) > 0;
  if (isAnother && mixesTypes) return `_client${digestOf(field)}_${name}`;
  return OURS.test(name) || (isAnother && added.has(name)) ? PREFIX + name : name;
}

/** The client's name for what travels as `name`. */
export function clientName(name: string): string {
  return name.replace(CLIENTS, '');
}

/** The operation as it is planned. */
export function separateClientNames(definition: OperationDefinitionNode, plannerNames: PlannerNames): OperationDefinitionNode {
  return visit(definition, {
    Field(field) {
      const name = travelName(field, plannerNames);
      return name === (field.alias ?? field.name).value ? undefined : { ...field, alias: { kind: Kind.NAME, value: name } };
    },
  });
}

/** Of what is asked, whatever it is called and whatever is selected of it. */
function digestOf(field: FieldNode): string {
  const asked = print({ ...field, alias: undefined, directives: [], selectionSet: undefined });
  return createHash('sha256').update(asked).digest('hex').slice(0, 12);
}

/** A rough scan is enough: a word too many costs an alias, nothing else. */
function addNames(fieldSet: string, names: Set<string>): void {
  for (const [word] of fieldSet.matchAll(/[_A-Za-z]\w*/g)) names.add(word);
}
