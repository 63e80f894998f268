// The book with its matching and nothing around it, for the benchmark that compares it with peers that are only a book
// (bench/src/engine/matching-alone.ts): no risk gate, client order ids and results, and no events but trades. Orders go
// straight to `match` and `rest`, as the core hands them on once the gate has let them pass. No engine loads this.

import { accountNumberOf } from './accounts';
import { NONE, ORDER_TYPE, STP, TIF } from './codes';
import { instrumentAt } from './instruments';
import { match } from './matching';
import { COMMANDS } from './memory';
import { rest, withdraw } from './open-orders';
import { findOrder, orderAt } from './orders';
import { placed } from './order-request';
import { draftPosition, openPosition } from './positions';
import { forgetTouched } from './touched';

export * from './index';
/** Steps to pass go where commands go. */
export { COMMANDS as stepsAt };

const INSTRUMENT: i32 = 0;
/** As bench/src/engine/order-mix.ts has them. */
const REST: i32 = 1;
const CANCEL: i32 = 3;
const STEP_BYTES: usize = 20;

@unmanaged
class Step {
  operation: i32;
  /** 1 buy, 2 sell. */
  side: i32;
  price: i32;
  lots: i32;
  id: i32;
}

let accounts: i32 = 0;
/** Ids of the steps' orders begin behind those of the commands that set up the market. */
let firstId: i32 = 0;
/** Of the account 0; those of the others follow. */
let firstPosition: i32 = 0;

/** After the setup: orders come from the first `count` accounts, for the first instrument. */
export function open(count: i32, setupCommands: i32): void {
  accounts = count;
  firstId = setupCommands;
  for (let account = 0; account < count; account++) {
    const position = draftPosition(account, INSTRUMENT);
    openPosition(position);
    if (account == 0) firstPosition = position;
  }
  placed.instrument = INSTRUMENT;
  placed.instrumentNumber = instrumentAt(INSTRUMENT).number;
  placed.type = ORDER_TYPE.LIMIT;
  placed.tif = TIF.GTC;
  placed.stp = STP.NONE;
  placed.trades = true;
}

/** Takes the first `count` steps at `stepsAt`. */
export function pass(count: i32): void {
  for (let index = 0; index < count; index++) take(changetype<Step>(COMMANDS + <usize>index * STEP_BYTES));
}

function take(step: Step): void {
  forgetTouched();
  const id = <f64>(step.id + firstId);
  if (step.operation == CANCEL) return cancel(id);
  const account = step.id % accounts;
  placed.id = id;
  placed.account = account;
  placed.accountNumber = accountNumberOf(account);
  placed.position = firstPosition + account;
  placed.side = step.side - 1;
  placed.lots = step.lots;
  placed.limitPrice = step.price;
  placed.boundPrice = step.price;
  const remaining = match(placed);
  if (remaining > 0 && step.operation == REST) rest(placed, remaining);
}

function cancel(id: f64): void {
  const index = findOrder(id);
  assert(index > NONE, 'the order was not there to cancel');
  withdraw(index, orderAt(index).remaining);
}
