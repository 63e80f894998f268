// Makes stages visible: each function says when it begins, under its own name, to the observation it is called with. The
// functions themselves know nothing of it.

import type { Observation, Stage } from './observation.ts';

type Stages = { readonly [Name in Stage]?: (...args: never[]) => unknown };
type Observed<All extends Stages> = { readonly [Name in keyof All]: All[Name] extends (...args: infer Args) => infer Result ? (seen: Observation, ...args: Args) => Result : never };

export function observed<All extends Stages>(stages: All): Observed<All> {
  const entries = Object.entries(stages).map(([name, run]) => [name, announced(name as Stage, run as (...args: unknown[]) => unknown)]);
  return Object.fromEntries(entries) as Observed<All>;
}

function announced(name: Stage, run: (...args: unknown[]) => unknown): (seen: Observation, ...args: unknown[]) => unknown {
  return (seen, ...args) => {
    seen.enter(name);
    return run(...args);
  };
}
