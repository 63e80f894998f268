// The enabled rules by instrument, with the state that they have reached. It belongs to one evaluator and changes as
// trades are shown to it; whoever doubts it reads it anew from the database.

import { observe, type AlertRule, type TradePrint } from './alert-rule.ts';

export interface Firing {
  readonly rule: AlertRule;
  readonly trade: TradePrint;
}

export interface BookChanges {
  /** Rules whose state has changed, each once, with its last state. */
  readonly changed: readonly AlertRule[];
  /** In the order of the trades. */
  readonly firings: readonly Firing[];
}

export class RuleBook {
  readonly #byInstrument = new Map<number, AlertRule[]>();

  constructor(rules: readonly AlertRule[]) {
    for (const rule of rules) {
      const present = this.#byInstrument.get(rule.instrumentNumber);
      if (present) present.push(rule);
      else this.#byInstrument.set(rule.instrumentNumber, [rule]);
    }
  }

  /** Cost: one comparison per trade and rule of its instrument; memory is touched only where a state changes. */
  observe(trades: readonly TradePrint[]): BookChanges {
    const changed = new Map<string, AlertRule>();
    const firings: Firing[] = [];
    for (const trade of trades) {
      const rules = this.#byInstrument.get(trade.instrumentNumber) ?? [];
      for (const [index, rule] of rules.entries()) {
        const { state, fired } = observe(rule, trade);
        if (state === rule.state) continue;
        const next = { ...rule, state };
        rules[index] = next;
        changed.set(rule.id, next);
        if (fired) firings.push({ rule: next, trade });
      }
    }
    return { changed: [...changed.values()], firings };
  }
}
