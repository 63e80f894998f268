// What the client knows of an operation. The two types are never there at run time; they carry what comes in and out.

export type OperationKind = 'query' | 'mutation' | 'subscription';

export interface Operation<Kind extends OperationKind = OperationKind, Result = unknown, Variables = unknown> {
  readonly kind: Kind;
  readonly name: string;
  /** The document: this operation and the fragments it uses. */
  readonly text: string;
  /** A subscription that takes `$after` and whose events carry a `cursor`. */
  readonly resumable: boolean;
  readonly types?: { readonly variables: Variables; readonly result: Result };
}

/** `data`, `errors` and nothing else of GraphQL's response. */
export interface GraphQLResult {
  readonly data?: unknown;
  readonly errors?: readonly ResultError[];
}

/** One entry of `errors` in a response. */
export interface ResultError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}
