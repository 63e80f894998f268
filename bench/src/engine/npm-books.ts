// The peers from npm: nodejs-order-book and hft-limit-order-book, both plain objects over red-black trees. Their answers
// name the orders that were filled, from which the same tally is counted.

import hft from 'hft-limit-order-book';
import nodejs from 'nodejs-order-book';
import { checksumOf, OPERATION, STEP, STEP_WORDS, type OrderMix, type Tally } from './order-mix.ts';

/** The part of both libraries' interface that is used here. */
interface NpmBook {
  limit(order: { side: string; id: string; size: number; price: number; timeInForce: string }): NpmAnswer;
  cancel(id: string): unknown;
}

interface NpmAnswer {
  readonly done: readonly { readonly id: string }[];
  readonly partial: { readonly id: string } | null;
  readonly quantityLeft: number;
  readonly err: unknown;
}

export const NPM_BOOKS: readonly { readonly name: string; readonly open: () => NpmBook }[] = [
  { name: 'nodejs-order-book', open: () => new nodejs.OrderBook() as unknown as NpmBook },
  { name: 'hft-limit-order-book', open: () => new hft.OrderBook() as unknown as NpmBook },
];

interface Running {
  trades: number;
  lots: number;
  checksum: number;
}

export function runNpmBook(book: NpmBook, mix: OrderMix): { readonly rate: number; readonly tally: Tally } {
  const orders = optionsOf(mix);
  const running: Running = { trades: 0, lots: 0, checksum: 0 };
  pass(book, mix.steps, orders, 0, mix.fillCount, running);
  const startedMs = performance.now();
  pass(book, mix.steps, orders, mix.fillCount, mix.fillCount + mix.count, running);
  const tookMs = performance.now() - startedMs;
  return { rate: mix.count / tookMs / 1_000, tally: running };
}

interface Options {
  side: string;
  id: string;
  size: number;
  price: number;
  timeInForce: string;
}

/** Made beforehand, as our records are. */
function optionsOf({ steps, fillCount, count }: OrderMix): readonly Options[] {
  return Array.from({ length: fillCount + count }, (_, index) => {
    const at = index * STEP_WORDS;
    return {
      side: steps[at + STEP.SIDE] === 1 ? 'buy' : 'sell',
      id: String(steps[at + STEP.ID]),
      size: steps[at + STEP.LOTS]!,
      price: steps[at + STEP.PRICE]!,
      timeInForce: steps[at + STEP.OPERATION] === OPERATION.TAKE ? 'IOC' : 'GTC',
    };
  });
}

function pass(book: NpmBook, steps: Int32Array, orders: readonly Options[], from: number, to: number, running: Running): void {
  for (let i = from; i < to; i++) {
    const order = orders[i]!;
    if (steps[i * STEP_WORDS + STEP.OPERATION] === OPERATION.CANCEL) {
      if (book.cancel(order.id) === undefined) throw new Error(`order ${order.id} was not there to cancel`);
    } else {
      count(running, order.id, order.size, book.limit(order));
    }
  }
}

function count(running: Running, takerId: string, size: number, answer: NpmAnswer): void {
  if (answer.err !== null) throw new Error(`order ${takerId} was refused: ${String(answer.err)}`);
  for (const { id } of answer.done) if (id !== takerId) addTrade(running, id);
  if (answer.partial !== null && answer.partial.id !== takerId) addTrade(running, answer.partial.id);
  running.lots += size - answer.quantityLeft;
}

function addTrade(running: Running, makerId: string): void {
  running.trades++;
  running.checksum = checksumOf(running.checksum, Number(makerId));
}
