// @fromContext: a field's argument comes from an ancestor of its entity in the response. Entities under different ancestors
// have different values of one variable, so the fetch is written out once per set of values, side by side in one operation:
//
//   query($representations, $locale) { _entities(representations: $representations) { ... on Order { total(in: $locale) } } }
//     => query($_r0, $_c0_locale, $_r1, $_c1_locale) { _e0: _entities(representations: $_r0) { ... } _e1: ... }

import type { FetchNode } from '../plan/planner.ts';
import type { TypeTable } from '../plan/type-table.ts';
import { joinOperations, separateName, type JoinedOperation } from './join-operations.ts';
import type { JsonObject } from './json.ts';
import { bodyHead } from './request-body.ts';
import { valueAt } from './rewrites.ts';
import { ancestorsAt } from './targets.ts';

/** Sets of values in one HTTP call; more go in calls of their own. */
export const MAX_CONTEXTS_PER_CALL = 16;
const UP = '..';

/** One place where the values may be: so many objects up, then down along `path`. */
interface ContextSource {
  readonly variable: string;
  readonly up: number;
  readonly path: readonly string[];
}

/** The fetch written out for so many sets of values. */
export interface ContextOperation {
  readonly bodyHead: string;
  readonly parts: JoinedOperation['parts'];
  readonly variableName: (variable: string, index: number) => string;
}

/** Targets that share all values, and the values as JSON by variable. */
export interface ContextGroup {
  readonly targets: ReadonlySet<number>;
  readonly values: ReadonlyMap<string, string>;
}

export class ContextArguments {
  readonly #fetch: FetchNode;
  readonly #sources: readonly ContextSource[];
  readonly #types: TypeTable;
  readonly #operations: ContextOperation[] = [];
  readonly variables: ReadonlySet<string>;

  constructor(fetch: FetchNode, types: TypeTable) {
    this.#fetch = fetch;
    this.#types = types;
    this.#sources = (fetch.contextRewrites ?? []).map(({ path, renameKeyTo }) => {
      const up = path.filter((part) => part === UP).length;
      return { variable: renameKeyTo, up, path: path.slice(up) };
    });
    this.variables = new Set(this.#sources.map(({ variable }) => variable));
  }

  /** Groups the targets at `path`, numbered in response order. */
  group(root: JsonObject, path: readonly string[]): readonly ContextGroup[] {
    const groups = new Map<string, { targets: Set<number>; values: ReadonlyMap<string, string> }>();
    ancestorsAt(root, path).forEach((ancestors, target) => {
      const values = this.#valuesFor(ancestors);
      const key = [...values].join();
      const known = groups.get(key);
      if (known) known.targets.add(target);
      else groups.set(key, { targets: new Set([target]), values });
    });
    return [...groups.values()];
  }

  /** @param count - groups, 1..MAX_CONTEXTS_PER_CALL. */
  operationFor(count: number): ContextOperation {
    const known = this.#operations[count];
    if (known) return known;
    const { text, parts } = joinOperations(Array.from({ length: count }, () => this.#fetch.operation), this.variables);
    const operation: ContextOperation = {
      bodyHead: bodyHead(text, this.#fetch.operationName),
      parts,
      variableName: (variable, index) => (count === 1 ? variable : separateName(variable, index)),
    };
    this.#operations[count] = operation;
    return operation;
  }

  /** @param ancestors - from the root down to the entity itself. */
  #valuesFor(ancestors: readonly JsonObject[]): ReadonlyMap<string, string> {
    const values = new Map<string, string>();
    for (const { variable, up, path } of this.#sources) {
      const ancestor = ancestors[ancestors.length - 1 - up];
      const value = ancestor === undefined ? undefined : valueAt(ancestor, path, this.#types);
      if (value !== undefined) values.set(variable, JSON.stringify(value));
    }
    return values;
  }
}
