// Projectors live as long as their operation; each setting of its @skip/@include variables has one, up to a bound.

import type { GraphQLSchema } from 'graphql';
import type { PlannerNames } from '../plan/client-names.ts';
import type { Operation } from '../parse/operation.ts';
import type { Variables } from '../parse/variables.ts';
import { compileProjector, type Project } from './project.ts';

/** Beyond this the oldest setting is compiled again when it returns. */
const MAX_SETTINGS_PER_OPERATION = 16;

export class ProjectorCache {
  readonly #schema: GraphQLSchema;
  readonly #plannerNames: PlannerNames;
  readonly #projectors = new WeakMap<Operation, Map<string, Project>>();

  constructor(schema: GraphQLSchema, plannerNames: PlannerNames) {
    this.#schema = schema;
    this.#plannerNames = plannerNames;
  }

  get(operation: Operation, variables: Variables): Project {
    let settings = this.#projectors.get(operation);
    if (!settings) this.#projectors.set(operation, (settings = new Map()));
    const key = operation.switches.map((name) => (variables[name] === true ? '1' : '0')).join('');
    const known = settings.get(key);
    if (known) return known;
    const switches = Object.fromEntries(operation.switches.map((name) => [name, variables[name] === true]));
    const projector = compileProjector(operation.definition, { schema: this.#schema, switches, plannerNames: this.#plannerNames, deferred: operation.deferred });
    const [oldest] = settings.keys();
    if (settings.size >= MAX_SETTINGS_PER_OPERATION && oldest !== undefined) settings.delete(oldest);
    settings.set(key, projector);
    return projector;
  }
}
