// The fields of Coinbase Exchange's messages as documented, to notice when they change.

import type { MessageFields } from '../../domain/quality/schema-drift.ts';

const ORDER = ['type', 'time', 'product_id', 'sequence', 'order_id'];

export const COINBASE_FIELDS: Readonly<Record<string, MessageFields>> = {
  received: { required: [...ORDER, 'side', 'order_type'], optional: ['size', 'price', 'funds', 'client_oid', 'client-oid'] },
  open: { required: [...ORDER, 'side', 'price', 'remaining_size'] },
  done: { required: [...ORDER, 'side', 'reason'], optional: ['price', 'remaining_size', 'cancel_reason'] },
  change: { required: [...ORDER, 'side'], optional: ['reason', 'price', 'old_size', 'new_size', 'old_price', 'new_price', 'old_funds', 'new_funds'] },
  match: { required: ['type', 'time', 'product_id', 'sequence', 'trade_id', 'maker_order_id', 'taker_order_id', 'side', 'price', 'size'] },
  heartbeat: { required: ['type', 'sequence', 'last_trade_id', 'product_id', 'time'] },
};
