// Everything the engine knows, table by table. Only commands change it; reads, the state hash and snapshots go over the
// same tables.

import { accountsContents } from './accounts';
import { booksContents, levelsContents, rebuildBooks } from './books';
import { currenciesContents } from './currencies';
import { expiriesContents } from './expiry-heap';
import { feedsContents } from './feeds';
import { feesContents } from './fees';
import { idempotencyContents, rebuildIdempotency } from './idempotency';
import { indicativeContents } from './indicative';
import { instrumentsContents } from './instruments';
import { ordersContents, rebuildOrders } from './orders';
import { termsContents } from './order-terms';
import { sequencesContents } from './output';
import { accountNumbers, currencyCodes, instrumentNumbers, limitPairs, positionPairs } from './pair-index';
import { positionsContents } from './positions';
import { limitsContents } from './risk-limits';
import { rebuildStops, stopsContents } from './stops';

/** Shows every part, in a fixed order, to the host's `number` and `array`. */
export function contents(): void {
  sequencesContents();
  accountsContents();
  currenciesContents();
  instrumentsContents();
  booksContents();
  ordersContents();
  termsContents();
  expiriesContents();
  levelsContents();
  stopsContents();
  positionsContents();
  limitsContents();
  feesContents();
  indicativeContents();
  feedsContents();
  idempotencyContents();
}

/** Once after loading: makes what follows from the parts. */
export function rebuild(): void {
  accountNumbers.rebuild();
  currencyCodes.rebuild();
  instrumentNumbers.rebuild();
  limitPairs.rebuild();
  positionPairs.rebuild();
  rebuildOrders();
  rebuildBooks();
  rebuildStops();
  rebuildIdempotency();
}
