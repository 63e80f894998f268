// A client may give any field any response name, also one that the planner needs for itself: `{ product { upc: name } }`
// would put the name where the key of the join belongs. Such fields travel under a name of our own and get the client's
// back when the response is written.

import { Kind, visit, type DirectiveNode, type DocumentNode, type FieldNode, type OperationDefinitionNode } from 'graphql';

const PREFIX = '_client_';
/** Names of ours, here and in required-arguments.ts. */
const OURS = /^_(client|required\d+)_/;
/** Arguments of @join__type, @join__field and @join__context that hold field sets. */
const FIELD_SET_ARGUMENTS: ReadonlySet<string> = new Set(['key', 'requires', 'selection']);

/** Every field name the planner may add to an operation by itself. */
export function readPlannerNames(supergraph: DocumentNode): ReadonlySet<string> {
  const names = new Set(['__typename']);
  visit(supergraph, {
    Directive(node: DirectiveNode) {
      if (!node.name.value.startsWith('join__')) return;
      visit(node, {
        Argument: ({ name, value }) => void (value.kind === Kind.STRING && FIELD_SET_ARGUMENTS.has(name.value) && addNames(value.value, names)),
        ObjectField: ({ name, value }) => void (value.kind === Kind.STRING && FIELD_SET_ARGUMENTS.has(name.value) && addNames(value.value, names)),
      });
    },
  });
  return names;
}

/** The name under which a field travels; it depends on the field alone, so that equal fields still merge. */
export function travelName(field: FieldNode, plannerNames: ReadonlySet<string>): string {
  const name = (field.alias ?? field.name).value;
  if (OURS.test(name)) return PREFIX + name;
  const isAnother = name !== field.name.value || (field.arguments?.length ?? 0) > 0;
  return isAnother && plannerNames.has(name) ? PREFIX + name : name;
}

/** The client's name for what travels as `name`. */
export function clientName(name: string): string {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
}

/** The operation as it is planned. */
export function separateClientNames(definition: OperationDefinitionNode, plannerNames: ReadonlySet<string>): OperationDefinitionNode {
  return visit(definition, {
    Field(field) {
      const name = travelName(field, plannerNames);
      return name === (field.alias ?? field.name).value ? undefined : { ...field, alias: { kind: Kind.NAME, value: name } };
    },
  });
}

/** A rough scan is enough: a word too many costs an alias, nothing else. */
function addNames(fieldSet: string, names: Set<string>): void {
  for (const [word] of fieldSet.matchAll(/[_A-Za-z]\w*/g)) names.add(word);
}
