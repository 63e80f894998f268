// The core's book with its matching and nothing around it: what a peer that is only a book is compared with. Orders go
// straight to Matching and OpenOrders, as the core hands them on once the gate has let them pass; trades come out as records.

import { Charges } from '@mib/engine/core/charges';
import { Core } from '@mib/engine/core/core';
import { CommandOutput } from '@mib/engine/core/command-output';
import { EventWriter } from '@mib/engine/core/event-writer';
import { Matching } from '@mib/engine/core/matching';
import { OpenOrders } from '@mib/engine/core/open-orders';
import { ORDER, ORDER_WORDS } from '@mib/engine/core/order-arena';
import { OrderRequest } from '@mib/engine/core/order-request';
import type { State } from '@mib/engine/core/state';
import { ORDER_TYPE, TIF } from '@mib/proto/layout-command';
import type { RecordViews } from '@mib/proto/layout-record';
import { ACCOUNTS, SETUP_COMMANDS, TradeCounter, type Measured } from './core-book.ts';
import { OPERATION, STEP, STEP_WORDS, type OrderMix } from './order-mix.ts';

/** The event log's records are let out after so many steps. */
const BATCH = 512;
const INSTRUMENT = 0;

/** @param records - the mix as `encodeMix` made it; only its setup is applied as commands. */
export function runMatching(records: RecordViews, mix: OrderMix): Measured {
  const core = new Core();
  for (let i = 0; i < SETUP_COMMANDS.length; i++) core.apply(records, i);
  const alone = new MatchingAlone(core.state);
  const counter = new TradeCounter();
  alone.pass(mix.steps, 0, mix.fillCount, counter);
  const startedMs = performance.now();
  alone.pass(mix.steps, mix.fillCount, mix.fillCount + mix.count, counter);
  const tookMs = performance.now() - startedMs;
  return { rate: mix.count / tookMs / 1_000, tally: counter.tally() };
}

class MatchingAlone {
  readonly #state: State;
  readonly #output = new CommandOutput();
  readonly #events = new EventWriter(this.#output);
  readonly #open: OpenOrders;
  readonly #matching: Matching;
  readonly #request = new OrderRequest();
  /** By account index. */
  readonly #positions: readonly number[];

  constructor(state: State) {
    this.#state = state;
    this.#open = new OpenOrders(state, this.#events);
    this.#matching = new Matching(state, this.#events, this.#open, new Charges(state, this.#events));
    this.#positions = Array.from({ length: ACCOUNTS }, (_, account) => {
      const position = state.positions.draft(account, INSTRUMENT, 0);
      state.positions.open(position);
      return position;
    });
    Object.assign(this.#request, { instrumentNumber: 1, instrument: INSTRUMENT, type: ORDER_TYPE.LIMIT, tif: TIF.GTC, isUser: true, trades: true });
  }

  pass(steps: Int32Array, from: number, to: number, counter: TradeCounter): void {
    for (let start = from; start < to; start += BATCH) {
      const end = Math.min(to, start + BATCH);
      for (let i = start; i < end; i++) this.#step(steps, i * STEP_WORDS);
      counter.count(this.#output.events, this.#output.eventCount);
      this.#output.clear();
    }
  }

  #step(steps: Int32Array, at: number): void {
    this.#state.books.beginCommand();
    const operation = steps[at + STEP.OPERATION]!;
    const id = steps[at + STEP.ID]! + SETUP_COMMANDS.length;
    if (operation === OPERATION.CANCEL) return this.#cancel(id);
    const request = this.#request;
    request.id = id;
    request.account = steps[at + STEP.ID]! % ACCOUNTS;
    request.position = this.#positions[request.account]!;
    request.side = steps[at + STEP.SIDE]! - 1;
    request.lots = steps[at + STEP.LOTS]!;
    request.limitPrice = steps[at + STEP.PRICE]!;
    request.boundPrice = request.limitPrice;
    const remaining = this.#matching.match(request);
    if (remaining > 0 && operation === OPERATION.REST) this.#open.rest(request, remaining);
  }

  #cancel(id: number): void {
    const { orders } = this.#state.books;
    const order = orders.find(id);
    if (order < 0) throw new Error(`order ${id} was not there to cancel`);
    this.#open.withdraw(order, orders.words[order * ORDER_WORDS + ORDER.REMAINING]!);
  }
}
