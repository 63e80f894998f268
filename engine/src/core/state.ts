// Everything the engine knows, in flat tables. Only `Core` changes it; reads and the state hash go over the same tables.

import { Accounts } from './accounts.ts';
import { Books } from './books.ts';
import { Currencies } from './currencies.ts';
import { Idempotency } from './idempotency.ts';
import { Instruments } from './instruments.ts';
import { Positions } from './positions.ts';
import { RiskLimits } from './risk-limits.ts';

export class State {
  readonly accounts = new Accounts();
  readonly currencies = new Currencies();
  readonly instruments = new Instruments();
  readonly books = new Books();
  readonly positions = new Positions(this.accounts);
  readonly limits = new RiskLimits();
  readonly idempotency = new Idempotency();
  lastCommandSequence = 0;
  lastEventSequence = 0;
}
