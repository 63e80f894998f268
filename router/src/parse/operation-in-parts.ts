// The forms that one operation with @defer takes, by the values of its `if:` variables. Each is an operation of its own to
// everything behind: it is authorized, planned and projected under its own normalised text.

import { Kind, type OperationDefinitionNode } from 'graphql';
import { argumentOf, deferrals, isDeferred, markDeferred, type MarkedDefinition } from './deferral.ts';

export interface OperationInPartsOptions<Form> {
  /** The operation without @defer. */
  readonly whole: Form;
  /** The operation with it, its fragments written out. */
  readonly definition: OperationDefinitionNode;
  readonly make: (marked: MarkedDefinition) => Form;
}

/** Beyond this the oldest form is made again when it returns. */
const MAX_FORMS = 16;

export class OperationInParts<Form> {
  readonly #options: OperationInPartsOptions<Form>;
  readonly #conditions: readonly string[];
  readonly #forms = new Map<string, Form>();

  constructor(options: OperationInPartsOptions<Form>) {
    this.#options = options;
    const conditions = deferrals(options.definition.selectionSet).map((defer) => argumentOf(defer, 'if'));
    this.#conditions = [...new Set(conditions.flatMap((condition) => (condition?.kind === Kind.VARIABLE ? [condition.name.value] : [])))];
  }

  /** @returns the operation without @defer when these variables defer nothing. */
  with(coerced: Readonly<Record<string, unknown>>): Form {
    const key = this.#conditions.map((name) => (coerced[name] === false ? '0' : '1')).join('');
    const known = this.#forms.get(key);
    if (known) return known;
    const form = this.#make(coerced);
    const [oldest] = this.#forms.keys();
    if (this.#forms.size >= MAX_FORMS && oldest !== undefined) this.#forms.delete(oldest);
    this.#forms.set(key, form);
    return form;
  }

  #make(coerced: Readonly<Record<string, unknown>>): Form {
    const { whole, definition, make } = this.#options;
    const marked = markDeferred(definition, (defer) => isDeferred(defer, coerced));
    return marked.deferred.size === 0 ? whole : make(marked);
  }
}
