// The 23 messages of NASDAQ TotalView-ITCH 5.0 as one table: field by field, in order, big-endian. Every message begins
//
//   type 1 | stock locate 2 | tracking number 2 | nanoseconds since midnight 6
//
// Source: NASDAQ TotalView-ITCH 5.0 specification, sections 4.1 to 4.8.

export interface ItchField {
  readonly name: string;
  /** text: ASCII padded with blanks; code: one of `codes`; u32, u64, price4 (4 decimals), price8 (8 decimals): unsigned. */
  readonly kind: 'text' | 'code' | 'u32' | 'u64' | 'price4' | 'price8';
  readonly bytes: number;
  /** Of a code: what the specification knows; empty where venues keep adding some. */
  readonly codes: string;
}

const text = <const N extends string>(name: N, bytes: number) => ({ name, kind: 'text', bytes, codes: '' }) as const;
const code = <const N extends string>(name: N, codes = '') => ({ name, kind: 'code', bytes: 1, codes }) as const;
const u32 = <const N extends string>(name: N) => ({ name, kind: 'u32', bytes: 4, codes: '' }) as const;
const u64 = <const N extends string>(name: N) => ({ name, kind: 'u64', bytes: 8, codes: '' }) as const;
const price4 = <const N extends string>(name: N) => ({ name, kind: 'price4', bytes: 4, codes: '' }) as const;
const price8 = <const N extends string>(name: N) => ({ name, kind: 'price8', bytes: 8, codes: '' }) as const;

const STOCK = text('stock', 8);
const ADD = [u64('orderReference'), code('side', 'BS'), u32('shares'), STOCK, price4('price')] as const;
const EXECUTED = [u64('orderReference'), u32('executedShares'), u64('matchNumber')] as const;

export const ITCH_LAYOUT = {
  /** System event. */
  S: [code('eventCode', 'OSQMEC')],
  /** Stock directory. */
  R: [
    STOCK, code('marketCategory'), code('financialStatus'), u32('roundLotSize'), code('roundLotsOnly', 'YN'), code('issueClassification'), text('issueSubType', 2),
    code('authenticity', 'PT'), code('shortSaleThreshold', 'YN '), code('ipoFlag', 'YN '), code('luldTier', '12 '), code('etpFlag', 'YN '), u32('etpLeverage'), code('inverse', 'YN'),
  ],
  /** Stock trading action. */
  H: [STOCK, code('tradingState', 'HPQT'), code('reserved'), text('reason', 4)],
  /** Reg SHO restriction. */
  Y: [STOCK, code('action', '012')],
  /** Market participant position. */
  L: [text('mpid', 4), STOCK, code('primaryMarketMaker', 'YN'), code('marketMakerMode', 'NPSRL'), code('participantState', 'AEWSD')],
  /** Market-wide circuit breaker: decline levels. */
  V: [price8('level1'), price8('level2'), price8('level3')],
  /** Market-wide circuit breaker: status. */
  W: [code('breachedLevel', '123')],
  /** IPO quoting period; the release time is in seconds. */
  K: [STOCK, u32('releaseTime'), code('releaseQualifier', 'AC'), price4('ipoPrice')],
  /** Limit up, limit down: auction collar. */
  J: [STOCK, price4('referencePrice'), price4('upperPrice'), price4('lowerPrice'), u32('extension')],
  /** Operational halt. */
  h: [STOCK, code('marketCode', 'QBX'), code('action', 'HT')],
  /** Add order. */
  A: ADD,
  /** Add order with the participant's name. */
  F: [...ADD, text('attribution', 4)],
  /** Order executed at its own price. */
  E: EXECUTED,
  /** Order executed at another price; what is not printable is told again by a cross. */
  C: [...EXECUTED, code('printable', 'YN'), price4('executionPrice')],
  /** Order cancelled in part. */
  X: [u64('orderReference'), u32('cancelledShares')],
  /** Order deleted. */
  D: [u64('orderReference')],
  /** Order replaced by another. */
  U: [u64('orderReference'), u64('newOrderReference'), u32('shares'), price4('price')],
  /** Trade against an order that was not displayed. */
  P: [u64('orderReference'), code('side', 'BS'), u32('shares'), STOCK, price4('price'), u64('matchNumber')],
  /** Cross trade. */
  Q: [u64('shares'), STOCK, price4('price'), u64('matchNumber'), code('crossType', 'OCHIA')],
  /** Broken trade. */
  B: [u64('matchNumber')],
  /** Net order imbalance indicator. */
  I: [
    u64('pairedShares'), u64('imbalanceShares'), code('imbalanceDirection', 'BSNOP'), STOCK, price4('farPrice'), price4('nearPrice'), price4('referencePrice'),
    code('crossType', 'OCHA'), code('priceVariation', 'L123456789ABC '),
  ],
  /** Retail interest. */
  N: [STOCK, code('interest', 'BSAN')],
  /** Direct listing with capital raise: price discovery; the near execution time is in nanoseconds since midnight. */
  O: [
    STOCK, code('openEligible', 'YN'), price4('minimumPrice'), price4('maximumPrice'), price4('nearExecutionPrice'), u64('nearExecutionTime'), price4('lowerCollar'), price4('upperCollar'),
  ],
} as const satisfies Record<string, readonly ItchField[]>;

export type ItchType = keyof typeof ITCH_LAYOUT;
export const ITCH_TYPES = Object.keys(ITCH_LAYOUT) as ItchType[];

export const ITCH_HEADER_BYTES = 11;

/** Bytes of a message by the code of its type; 0 for a code that is no type. */
export const ITCH_LENGTHS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const fields: readonly ItchField[] | undefined = ITCH_LAYOUT[String.fromCharCode(byte) as ItchType];
  return fields ? fields.reduce((sum, field) => sum + field.bytes, ITCH_HEADER_BYTES) : 0;
});
