// Progressive @override: a field moves from one subgraph to another while its label is on. `percent(n)` is drawn anew for
// each request; any other label is on when the settings say so. Only labels that an operation can meet are decided, since
// each choice has a plan of its own.

import { Kind, visit, type DocumentNode, type OperationDefinitionNode } from 'graphql';

const PERCENT = /^percent\((\d+(?:\.\d+)?)\)$/;

export interface OverrideOptions {
  /** Named labels that are on. */
  readonly on: readonly string[];
  /** Field names that the planner may add to any operation. */
  readonly plannerNames: ReadonlySet<string>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export class OverrideLabels {
  readonly #fieldsByLabel: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #options: OverrideOptions;
  readonly #relevant = new WeakMap<OperationDefinitionNode, readonly string[]>();

  constructor(supergraph: DocumentNode, options: OverrideOptions) {
    this.#fieldsByLabel = readLabels(supergraph);
    this.#options = options;
  }

  /** The labels that are on for one request, sorted. */
  choose(definition: OperationDefinitionNode): readonly string[] {
    if (this.#fieldsByLabel.size === 0) return [];
    return this.#relevantTo(definition).filter((label) => this.#isOn(label));
  }

  #isOn(label: string): boolean {
    const percent = PERCENT.exec(label)?.[1];
    return percent === undefined ? this.#options.on.includes(label) : this.#options.random() * 100 < Number(percent);
  }

  #relevantTo(definition: OperationDefinitionNode): readonly string[] {
    const known = this.#relevant.get(definition);
    if (known) return known;
    const asked = new Set<string>();
    visit(definition, { Field: ({ name }) => void asked.add(name.value) });
    const canMeet = (field: string): boolean => asked.has(field) || this.#options.plannerNames.has(field);
    const relevant = [...this.#fieldsByLabel].filter(([, fields]) => [...fields].some(canMeet)).map(([label]) => label).sort();
    this.#relevant.set(definition, relevant);
    return relevant;
  }
}

function readLabels(supergraph: DocumentNode): ReadonlyMap<string, ReadonlySet<string>> {
  const labels = new Map<string, Set<string>>();
  visit(supergraph, {
    FieldDefinition({ name, directives = [] }) {
      for (const directive of directives) {
        const value = directive.arguments?.find((argument) => argument.name.value === 'overrideLabel')?.value;
        if (directive.name.value !== 'join__field' || value?.kind !== Kind.STRING) continue;
        labels.set(value.value, (labels.get(value.value) ?? new Set()).add(name.value));
      }
    },
  });
  return labels;
}
