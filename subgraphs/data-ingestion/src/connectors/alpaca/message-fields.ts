// The fields of Alpaca's messages as documented, to notice when they change.

import type { MessageFields } from '../../domain/quality/schema-drift.ts';

export const ALPACA_FIELDS: Readonly<Record<string, MessageFields>> = {
  q: { required: ['T', 'S', 'bx', 'bp', 'bs', 'ax', 'ap', 'as', 't'], optional: ['c', 'z'] },
  t: { required: ['T', 'S', 'i', 'x', 'p', 's', 't'], optional: ['c', 'z'] },
  b: { required: ['T', 'S', 'o', 'h', 'l', 'c', 'v', 't'], optional: ['n', 'vw'] },
};
