// The contract's records as the core sees them: 128 bytes of memory with names for its places. A place that means different
// things in different kinds has a name for each. Offsets are those of proto/src/layout-*.ts; contract.test.ts compares them.

export const RECORD_BYTES: usize = 128;

@unmanaged
export class Command {
  kind: i32;
  requestId: i32;
  sequence: f64;
  timestampNs: i64;
  account: i32;
  instrument: i32;
  side: i32;
  type: i32;
  tif: i32;
  price: i32;
  quantity: f64;
  second: f64;
  text: i64;
  text1: i64;
  text2: i64;
  text3: i64;
  /** The last four characters, and the length. */
  text4: i64;
  trigger: i32;
  display: i32;
  stream: i32;
  flags: i32;
  receivedMs: f64;

  @inline get state(): i32 { return this.side; }
  @inline get tickScale(): i32 { return this.side; }
  @inline get lotScale(): i32 { return this.type; }
  @inline get cashScale(): i32 { return this.tif; }
  @inline get takerPpm(): i32 { return this.tif; }
  @inline get makerPpm(): i32 { return this.price; }
  @inline get collar(): i32 { return this.price; }
  @inline get orderId(): f64 { return this.quantity; }
  @inline get amountUnits(): f64 { return this.quantity; }
  @inline get tickUnits(): f64 { return this.quantity; }
  @inline get lotUnits(): f64 { return this.second; }
  @inline get expireMicros(): f64 { return this.second; }
  @inline get amendedQuantity(): f64 { return this.second; }
  @inline get venueTradeId(): f64 { return this.second; }
  @inline get quantityUnits(): f64 { return reinterpret<f64>(this.text); }
  @inline get quantityScale(): i32 { return <i32>this.text1; }
  @inline get venueTimeNs(): i64 { return load<i64>(changetype<usize>(this), offsetof<Command>('trigger')); }
  /** The two words of the currency's code. */
  @inline get currency(): i64 { return this.venueTimeNs; }
}

@unmanaged
export class Event {
  kind: i32;
  instrument: i32;
  sequence: f64;
  timestampNs: i64;
  commandSequence: f64;
  orderId: f64;
  account: i32;
  terms: i32;
  price: i32;
  quantity: i32;
  remaining: i32;
  makerRemaining: i32;
  text: i64;
  text1: i64;
  text2: i64;
  text3: i64;
  text4: i64;
  display: i32;
  word27: i32;
  observed: f64;
  limitFlags: i32;
  trigger: i32;

  @inline set amount(value: f64) { this.orderId = value; }
  @inline set imbalance(value: f64) { this.orderId = value; }
  @inline set total(value: f64) { store<f64>(changetype<usize>(this), value, offsetof<Event>('remaining')); }
  @inline set expireMicros(value: f64) { this.total = value; }
  @inline set makerOrderId(value: f64) { this.text = reinterpret<i64>(value); }
  @inline set makerAccount(value: i32) { store<i32>(changetype<usize>(this), value, offsetof<Event>('text1')); }
  @inline set takerFee(value: f64) { this.text2 = reinterpret<i64>(value); }
  @inline set makerFee(value: f64) { this.text3 = reinterpret<i64>(value); }
  @inline set venueTradeId(value: f64) { this.text4 = reinterpret<i64>(value); }
  @inline set venueTimeNs(value: i64) { store<i64>(changetype<usize>(this), value, offsetof<Event>('display')); }
  @inline set currency(value: i64) { this.venueTimeNs = value; }
  @inline set limit(value: f64) { store<f64>(changetype<usize>(this), value, offsetof<Event>('display')); }
  @inline set quantityUnits(value: f64) { this.observed = value; }
  @inline set quantityScale(value: i32) { this.limitFlags = value; }
  @inline set makerPpm(value: i32) { this.price = value; }
  @inline set takerPpm(value: i32) { this.quantity = value; }
  @inline set collar(value: i32) { this.price = value; }

  @inline
  setText(command: Command): void {
    this.text = command.text;
    this.text1 = command.text1;
    this.text2 = command.text2;
    this.text3 = command.text3;
    this.text4 = command.text4;
  }
}

/** The first 64 bytes travel, the rest says where to. */
@unmanaged
export class Result {
  kind: i32;
  requestId: i32;
  sequence: f64;
  timestampNs: i64;
  outcome: i32;
  filledLots: i32;
  orderId: f64;
  lastEvent: f64;
  limit: f64;
  observed: f64;
  stream: i32;
  word17: i32;
  receivedMs: f64;
  dueMicros: f64;
}
