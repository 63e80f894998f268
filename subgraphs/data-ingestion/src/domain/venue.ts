// Venues and their sessions. The one venue so far is simulated and open around the clock; its name says that it is.

export interface Venue {
  readonly id: string;
  readonly name: string;
  /** IANA name. */
  readonly timezone: string;
  /** Prices and trades of this venue are made up by a simulator. */
  readonly synthetic: boolean;
}

export interface Session {
  readonly isOpen: boolean;
  /** When `isOpen` changes next; null when it never does. */
  readonly nextTransition: string | null;
}

export const SIMULATED_VENUE: Venue = { id: 'XSIM', name: 'Simulated venue (synthetic)', timezone: 'UTC', synthetic: true };

/** Every venue that can be stored is simulated so far, and a simulated one never closes. */
export function sessionOf(_venue: Venue): Session {
  return { isOpen: true, nextTransition: null };
}
