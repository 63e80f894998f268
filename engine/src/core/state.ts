// Everything the engine knows, in flat tables. Only `Core` changes it; reads, the state hash and snapshots go over the
// same tables.

import { Accounts } from './accounts.ts';
import { Books } from './books.ts';
import { Currencies } from './currencies.ts';
import { Idempotency } from './idempotency.ts';
import { Feeds } from './feeds.ts';
import { Fees } from './fees.ts';
import { Indicative } from './indicative.ts';
import { Instruments } from './instruments.ts';
import { Positions } from './positions.ts';
import { RiskLimits } from './risk-limits.ts';
import { Stops } from './stops.ts';
import type { Parts, Table } from './table.ts';

export class State implements Table {
  readonly accounts = new Accounts();
  readonly currencies = new Currencies();
  readonly instruments = new Instruments();
  readonly books = new Books();
  readonly stops = new Stops(this.books.orders, this.books.terms, this.instruments);
  readonly fees = new Fees();
  readonly indicative = new Indicative();
  readonly feeds = new Feeds();
  readonly limits = new RiskLimits();
  readonly positions = new Positions(this.accounts, this.instruments, this.fees, this.limits);
  readonly idempotency = new Idempotency();
  /** Time of the command being applied, in Unix microseconds. */
  nowMicros = 0;
  lastCommandSequence = 0;
  lastEventSequence = 0;

  contents(parts: Parts): void {
    this.lastCommandSequence = parts.number('lastCommandSequence', this.lastCommandSequence);
    this.lastEventSequence = parts.number('lastEventSequence', this.lastEventSequence);
    parts.table('accounts', this.accounts);
    parts.table('currencies', this.currencies);
    parts.table('instruments', this.instruments);
    parts.table('books', this.books);
    parts.table('stops', this.stops);
    parts.table('positions', this.positions);
    parts.table('limits', this.limits);
    parts.table('fees', this.fees);
    parts.table('indicative', this.indicative);
    parts.table('feeds', this.feeds);
    parts.table('idempotency', this.idempotency);
  }
}
