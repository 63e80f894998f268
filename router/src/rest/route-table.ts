// From method and path to an endpoint. Literal segments go before variables, so /orders/recent is not order "recent".

import type { Endpoint } from './endpoint.ts';
import type { RestMethod } from './rest-directive.ts';
import { RestError } from './rest-operations.ts';

export interface RouteMatch {
  readonly byMethod: ReadonlyMap<RestMethod, Endpoint>;
  /** Decoded segments that stand where a variable is, in order. */
  readonly values: readonly string[];
}

interface Node {
  readonly literals: Map<string, Node>;
  variable: Node | undefined;
  readonly byMethod: Map<RestMethod, Endpoint>;
}

export class RouteTable {
  readonly #root = newNode();

  /** @throws {RestError} when two endpoints answer the same requests. */
  constructor(endpoints: readonly Endpoint[]) {
    for (const endpoint of endpoints) {
      const { byMethod } = endpoint.segments.reduce((node, segment) => {
        if ('variable' in segment) return (node.variable ??= newNode());
        const next = node.literals.get(segment.literal) ?? newNode();
        node.literals.set(segment.literal, next);
        return next;
      }, this.#root);
      const other = byMethod.get(endpoint.rest.method);
      if (other) throw new RestError(`${endpoint.file}: ${endpoint.name} answers ${endpoint.rest.method} ${endpoint.rest.path} like ${other.file}: ${other.name}`);
      byMethod.set(endpoint.rest.method, endpoint);
    }
  }

  /** @param segments - decoded. */
  match(segments: readonly string[]): RouteMatch | undefined {
    return find(this.#root, segments, 0, []);
  }
}

/** By the names that `endpoint` gives them. */
export function pathValues(endpoint: Endpoint, values: readonly string[]): Readonly<Record<string, string>> {
  const names = endpoint.segments.flatMap((segment) => ('variable' in segment ? [segment.variable] : []));
  return Object.fromEntries(names.map((name, index) => [name, values[index]!]));
}

function find(node: Node, segments: readonly string[], index: number, values: readonly string[]): RouteMatch | undefined {
  const segment = segments[index];
  if (segment === undefined) return node.byMethod.size > 0 ? { byMethod: node.byMethod, values } : undefined;
  const literal = node.literals.get(segment);
  return (literal && find(literal, segments, index + 1, values)) ?? (node.variable && segment !== '' ? find(node.variable, segments, index + 1, [...values, segment]) : undefined);
}

function newNode(): Node {
  return { literals: new Map(), variable: undefined, byMethod: new Map() };
}
