// Branded identifiers: all are strings on the wire, none can be passed where another is meant.

type Brand<T extends string> = string & { readonly __brand: T };

export type UserId = Brand<'UserId'>;
export type AccountId = Brand<'AccountId'>;
export type OrderId = Brand<'OrderId'>;
export type VenueId = Brand<'VenueId'>;
/** `<symbol>.<venue>`, for example `SPX.XSIM`. */
export type InstrumentId = Brand<'InstrumentId'>;
