// Notices when a venue changes its messages: a field that was always there and is gone, or one that nobody knows. It
// counts each, and raises one alarm a field and kind, not one a message; messages go on either way.

/** Fields of one kind of message. Optional ones may be missing and are known. */
export interface MessageFields {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

export interface Drift {
  readonly kind: string;
  readonly field: string;
  readonly change: 'UNKNOWN' | 'MISSING';
  /** Messages looked at that show it. */
  readonly count: number;
}

/** A far side that sends ever new names cannot fill the memory. */
const MAX_DRIFTS = 200;
const MAX_FIELD_CHARACTERS = 60;
/** Of each kind the first messages are all looked at, then one in so many: a venue changes for all of them. */
const ALWAYS_SEEN = 1_000;
const SEEN_OF_MANY = 64;

interface Watched {
  readonly required: readonly string[];
  readonly known: ReadonlySet<string>;
  seen: number;
}

export class FieldWatch {
  readonly #kinds: ReadonlyMap<string, Watched>;
  readonly #drifts = new Map<string, Drift>();
  readonly #alarm: (drift: Drift) => void;

  /** @param alarm - called once for each field that came or went. */
  constructor(kinds: Readonly<Record<string, MessageFields>>, alarm: (drift: Drift) => void) {
    this.#kinds = new Map(Object.entries(kinds).map(([kind, { required, optional = [] }]) => [kind, { required, known: new Set([...required, ...optional]), seen: 0 }]));
    this.#alarm = alarm;
  }

  /** Looks at one message of a kind; a kind that was not described is not watched. */
  see(kind: string, message: object): void {
    const watched = this.#kinds.get(kind);
    if (!watched) return;
    watched.seen += 1;
    if (watched.seen > ALWAYS_SEEN && watched.seen % SEEN_OF_MANY !== 0) return;
    for (const field in message) if (!watched.known.has(field)) this.#found(kind, field, 'UNKNOWN');
    for (const field of watched.required) if (!(field in message)) this.#found(kind, field, 'MISSING');
  }

  /** In the order in which they were found. */
  drifts(): readonly Drift[] {
    return [...this.#drifts.values()];
  }

  #found(kind: string, name: string, change: Drift['change']): void {
    const field = name.slice(0, MAX_FIELD_CHARACTERS);
    const key = `${kind} ${change} ${field}`;
    const before = this.#drifts.get(key);
    if (!before && this.#drifts.size >= MAX_DRIFTS) return;
    const drift = { kind, field, change, count: (before?.count ?? 0) + 1 };
    this.#drifts.set(key, drift);
    if (!before) this.#alarm(drift);
  }
}
